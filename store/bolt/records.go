package bolt

import (
	"bytes"
	"crypto/rand"

	"github.com/sixpack-go/sixpack/store"
)

func (x *txn) lookup(experiment, id string) (store.Facts, error) {
	e, c, err := x.find(experiment, id)
	if err != nil {
		return store.Facts{}, err
	}
	return e.present(c)
}

// id returns the ID in the file. The first call draws it.
func (x *txn) id() (string, error) {
	b := x.tx.Bucket(formatBucket)
	id := string(b.Get(idKey))
	if id != "" {
		return id, nil
	}
	if !x.tx.Writable() {
		return "", errWrite
	}
	id = rand.Text()
	x.put(b, idKey, []byte(id))
	return id, nil
}

func (x *txn) records() (records []store.Record, err error) {
	for _, name := range x.names() {
		e := x.experiment(name)
		if err := e.load(); err != nil {
			return nil, err
		}
		records = append(records, *e.record)
	}
	return records, nil
}

// names returns the names of all experiments, sorted like the keys of a bucket.
func (x *txn) names() (names []string) {
	c := x.tx.Cursor()
	for key, _ := c.Seek(experimentPrefix); bytes.HasPrefix(key, experimentPrefix); key, _ = c.Next() {
		names = append(names, string(key[len(experimentPrefix):]))
	}
	return names
}

// save replaces the record, edits the experiment and logs changes.
func (x *txn) save(r store.Record, log []store.LogEntry, edit func(*experiment) error) (store.Facts, error) {
	e := x.experiment(r.Name)
	if !e.exists() || e.version != r.Version {
		return e.facts(unseen, r.Version)
	}
	if !x.tx.Writable() {
		return store.Facts{}, errWrite
	}
	if err := e.replace(r); err != nil {
		return store.Facts{}, err
	}
	if err := edit(e); err != nil {
		return store.Facts{}, err
	}
	if _, err := x.log(r.Name, log); err != nil {
		return store.Facts{}, err
	}
	f := unseen.Facts(e.version)
	f.Wrote = true
	return f, nil
}

func (x *txn) delete(experiment string, log []store.LogEntry) (found bool, err error) {
	e := x.experiment(experiment)
	if !e.exists() {
		return false, nil
	}
	if !x.tx.Writable() {
		return false, errWrite
	}
	e.delete()
	_, err = x.log(experiment, log)
	return err == nil, err
}
