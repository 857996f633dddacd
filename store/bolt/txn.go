package bolt

import "go.etcd.io/bbolt"

// A txn is a transaction. Requests that share a writable transaction see each other's
// changes. Their counts are summed up and written once, at its end.
type txn struct {
	tx          *bbolt.Tx
	experiments map[string]*experiment // opened in a writable transaction
	changed     bool
	err         error // the first failure to write
}

// wrote records a write and its error. Requests are checked before they write. Therefore an
// error is not the fault of one request, and the whole transaction fails.
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

// emptyBucket creates a bucket in another bucket or the file, in place of an existing one.
func (x *txn) emptyBucket(in buckets, name []byte) (*bbolt.Bucket, error) {
	if in.Bucket(name) != nil {
		x.wrote(in.DeleteBucket(name))
	}
	b, err := in.CreateBucket(name)
	x.wrote(err)
	return b, err
}

// buckets is a transaction or a bucket.
type buckets interface {
	Bucket(name []byte) *bbolt.Bucket
	CreateBucket(name []byte) (*bbolt.Bucket, error)
	DeleteBucket(name []byte) error
}

// finish writes the pending counts. It returns errUnchanged if nothing was written.
func (x *txn) finish() error {
	for _, e := range x.experiments {
		if e.pending != nil && x.err == nil {
			x.err = x.addCounts(e.bucket.Bucket(countsBucket), *e.pending)
		}
	}
	if x.err == nil && !x.changed {
		return errUnchanged
	}
	return x.err
}
