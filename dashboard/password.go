package dashboard

import (
	"context"
	"errors"
	"fmt"
	"unicode/utf8"

	"golang.org/x/crypto/bcrypt"
)

const (
	shortestPassword = 8  // characters
	longestPassword  = 72 // bytes, of which bcrypt takes no more
)

// HashPassword returns the hash of a password for a [User]. It is bcrypt's, which
// takes no memory from the service beside it, as argon2id would at each attempt,
// and whose form holds neither a comma nor a colon.
func HashPassword(password string) (string, error) {
	switch {
	case utf8.RuneCountInString(password) < shortestPassword:
		return "", fmt.Errorf("a password must have at least %d characters", shortestPassword)
	case len(password) > longestPassword:
		return "", fmt.Errorf("a password can have at most %d bytes", longestPassword)
	}
	hash, err := bcrypt.GenerateFromPassword([]byte(password), bcrypt.DefaultCost)
	return string(hash), err
}

var errCredentials = errors.New("wrong name or password")

// verify returns the user of a name, if it has this password. It takes as long
// for a name that does not exist, so that nobody learns which ones do.
func (d *dashboard) verify(ctx context.Context, name, password string) (User, error) {
	user, known := d.Access.user(name)
	hash := user.Hash
	if hash == "" {
		known, hash = false, d.gate.anyHash
	}
	select {
	case d.gate.hashing <- struct{}{}:
	case <-ctx.Done():
		return User{}, ctx.Err()
	}
	err := bcrypt.CompareHashAndPassword([]byte(hash), []byte(password))
	<-d.gate.hashing
	if err != nil || !known || len(password) > longestPassword {
		return User{}, errCredentials
	}
	return user, nil
}
