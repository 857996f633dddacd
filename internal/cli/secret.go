package cli

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
)

const (
	// secretFile is the name, in the data folder, of the file with the secret that
	// signs sessions, if the configuration has none.
	secretFile = "sixpack.secret"

	// exampleSecret is in the configuration file that Sixpack 2 comes with.
	exampleSecret = "<your secret key here>"

	shortestSecret = 16
)

// secret returns what signs sessions: the configured one, or one that was made
// up. It is called by who has the embedded store, so that no other process makes
// one at the same time.
func (c *config) secret(log *slog.Logger) ([]byte, error) {
	switch {
	case c.SecretKey != "" && c.SecretKey != exampleSecret:
		return []byte(c.SecretKey), nil
	case c.Store == embedded:
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
	if len(secret) < shortestSecret {
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
