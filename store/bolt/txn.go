package bolt

import "go.etcd.io/bbolt"

// A txn is a transaction. Requests that share a writable one see each other's
// changes; what they count is added up and written once, at its end.
type txn struct {
	tx          *bbolt.Tx
	experiments map[string]*experiment // those opened in a writable transaction
	changed     bool
	err         error // the first failure to write
}

// wrote notes that something was written, and whether that failed. Requests are
// checked before they write, so a failure is none of theirs: it fails the
// transaction.
func (x *txn) wrote(err error) {
	x.changed = true
	if x.err == nil {
		x.err = err
	}
}

func (x *txn) put(b *bbolt.Bucket, key, value []byte) {
	if x.err == nil {
		x.wrote(b.Put(key, value))
	}
}

// emptyBucket returns the named bucket in another, or in the file itself, with
// nothing in it.
func (x *txn) emptyBucket(in buckets, name []byte) (*bbolt.Bucket, error) {
	if in.Bucket(name) != nil {
		x.wrote(in.DeleteBucket(name))
	}
	b, err := in.CreateBucket(name)
	x.wrote(err)
	return b, err
}

// buckets is what a transaction and a bucket have in common.
type buckets interface {
	Bucket(name []byte) *bbolt.Bucket
	CreateBucket(name []byte) (*bbolt.Bucket, error)
	DeleteBucket(name []byte) error
}

// finish writes what is still to be written.
func (x *txn) finish() error {
	for _, e := range x.experiments {
		if e.bucket != nil && x.err == nil {
			x.err = e.counts.flush(x, e.bucket.Bucket(countsBucket))
		}
	}
	if x.err == nil && !x.changed {
		return errUnchanged
	}
	return x.err
}
