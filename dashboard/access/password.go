package access

import (
	"context"
	"errors"
	"fmt"
	"unicode/utf8"

	"golang.org/x/crypto/bcrypt"
)

const (
	minPassword = 8  // characters
	maxPassword = 72 // bytes; bcrypt ignores the rest
)

// HashPassword returns the hash of a password for a [User]. The password must have
// 8 characters or more and at most 72 bytes.
//
// The hash is bcrypt's. Unlike argon2id it needs little memory, which the service
// in the same process keeps, and it contains neither a comma nor a colon.
func HashPassword(password string) (string, error) {
	switch {
	case utf8.RuneCountInString(password) < minPassword:
		return "", fmt.Errorf("a password must have at least %d characters", minPassword)
	case len(password) > maxPassword:
		return "", fmt.Errorf("a password can have at most %d bytes", maxPassword)
	}
	hash, err := bcrypt.GenerateFromPassword([]byte(password), bcrypt.DefaultCost)
	return string(hash), err
}

var errCredentials = errors.New("wrong name or password")

// authenticate returns the user with this name and password. It takes equally long
// for unknown names, so that callers cannot find out which names exist. It
// compares at most one password per CPU at a time.
func (g *Guard) authenticate(ctx context.Context, name, password string) (User, error) {
	user, known := g.options.user(name)
	hash := user.Hash
	if hash == "" {
		known, hash = false, g.referenceHash
	}
	select {
	case g.hashing <- struct{}{}:
	case <-ctx.Done():
		return User{}, ctx.Err()
	}
	err := bcrypt.CompareHashAndPassword([]byte(hash), []byte(password))
	<-g.hashing
	if err != nil || !known || len(password) > maxPassword {
		return User{}, errCredentials
	}
	return user, nil
}
