package bolt

import (
	"os"

	"go.etcd.io/bbolt"
)

// Page is the number of clients that Clients reads in one transaction.
const Page = page

// ErrReplaced is returned by Recheck if the path has another file now.
var ErrReplaced = errReplaced

// Transactions returns the number of transactions that wrote to the file.
func (s *Store) Transactions() (n int64, err error) {
	err = s.db.View(func(tx *bbolt.Tx) error {
		n = int64(tx.ID())
		return nil
	})
	return n, err
}

// Hold blocks writes to the file until it is released.
func (s *Store) Hold() (release func() error, err error) {
	tx, err := s.db.Begin(true)
	if err != nil {
		return nil, err
	}
	return tx.Rollback, nil
}

// Waiting returns the number of writes that wait for the next transaction, and whether a
// transaction is in progress.
func (s *Store) Waiting() (n int, underWay bool) {
	s.writer.mu.Lock()
	defer s.writer.mu.Unlock()
	return len(s.writer.queue), s.writer.running && len(s.writer.queue) == 0
}

// Recheck does what Open does after it has locked a file.
func (s *Store) Recheck(file *os.File) error { return prepare(s.db, file) }

// ClientKey returns the key of a client.
func ClientKey(id string) []byte { return clientKey(id) }

// ClientID returns the client ID of a key.
func ClientID(key []byte) string { return clientID(key) }
