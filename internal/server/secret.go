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

// secretFile is the name, in the data folder, of the file with the secret that
// signs sessions, if the configuration has none.
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
		log.Warn("everyone has to log in again after a restart, and at each of several servers: there is no secret_key")
	}
	return []byte(rand.Text()), nil
}

// keptSecret returns the secret in a file, which it makes if it is missing.
func keptSecret(path string, log *slog.Logger) ([]byte, error) {
	content, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return makeSecret(path)
	}
	if err != nil {
		return nil, err
	}
	secret := strings.TrimSpace(string(content))
	if len(secret) < config.MinSecret {
		return nil, fmt.Errorf("%s holds no secret: delete it, and another one is made up", path)
	}
	if about, err := os.Stat(path); err == nil && about.Mode().Perm()&0o077 != 0 {
		log.Warn("others on this machine can read the secret, and make up logins: delete the file, and another one is made up", "path", path)
	}
	return []byte(secret), nil
}

// makeSecret makes one up and keeps it, all of it or nothing.
func makeSecret(path string) ([]byte, error) {
	secret := rand.Text()
	f, err := os.CreateTemp(filepath.Dir(path), secretFile+".*") // for its owner only
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
