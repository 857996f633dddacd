package server

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/sixpack-go/sixpack/internal/config"
)

// secretFile is the name of the file in the data folder that keeps the secret if the
// configuration has none.
const secretFile = "sixpack.secret"

// secret returns the secret that signs sessions: the configured one, or a random
// one. The caller must have opened the embedded store, so that no other process
// makes a secret at the same time.
func secret(c *config.Config, log *slog.Logger) ([]byte, error) {
	switch {
	case c.Secret() != "":
		return []byte(c.Secret()), nil
	case c.Store == config.StoreEmbedded:
		return keptSecret(filepath.Join(string(c.DataDir), secretFile), log)
	case len(c.Users) > 0:
		log.Warn("secret_key is not set: users have to log in again after each restart and on each server")
	}
	return []byte(rand.Text()), nil
}

// keptSecret returns the secret in a file. It creates a missing file.
func keptSecret(path string, log *slog.Logger) ([]byte, error) {
	content, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return createSecret(path)
	}
	if err != nil {
		return nil, err
	}
	secret := strings.TrimSpace(string(content))
	if len(secret) < config.MinSecret {
		return nil, fmt.Errorf("%s has no secret of at least 16 characters: delete the file to get a random one", path)
	}
	if info, err := os.Stat(path); err == nil && info.Mode().Perm()&0o077 != 0 {
		log.Warn("other users of this machine can read the secret and forge sessions: delete the file and restart to get a new secret", "path", path)
	}
	return []byte(secret), nil
}

// createSecret writes a random secret to a file that did not exist. If it fails, it
// leaves no file.
func createSecret(path string) ([]byte, error) {
	secret := rand.Text()
	f, err := os.CreateTemp(filepath.Dir(path), secretFile+".*") // readable for its owner only
	if err != nil {
		return nil, err
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString(secret + "\n")
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	return []byte(secret), err
}
