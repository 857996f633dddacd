package bolt

import (
	"encoding/json"
	"fmt"
	"slices"

	"go.etcd.io/bbolt"

	"github.com/sixpack-go/sixpack/store"
)

// The file. Beside the bucket that says what it is, there are two for each
// experiment. One is named "clients/" and the experiment: its sequence is the
// record's version, and its keys are the clients (see clientKey and
// client.encode), so that a known client takes two look-ups. The other is named
// "experiment/" and the experiment, and holds
//
//	record    the store.Record as JSON
//	epochs    the epochs before the present one as JSON, if there are any
//	counts    bucket, see countKey
//	imported  bucket like counts, of what no client accounts for
//
// A name that has a log of changes has a bucket named "changes/" and the name
// for it, see changeKey, whether there is such an experiment or not.
var (
	clientsPrefix    = []byte("clients/")
	logPrefix        = []byte("changes/")
	experimentPrefix = []byte("experiment/")
	recordKey        = []byte("record")
	epochsKey        = []byte("epochs")
	countsBucket     = []byte("counts")
	importedBucket   = []byte("imported")
)

// An experiment is one as it stands in a transaction.
type experiment struct {
	txn     *txn
	name    string
	version uint64        // 0: there is none
	clients *bbolt.Bucket // nil: there is none
	bucket  *bbolt.Bucket // nil until loaded
	record  *store.Record // nil until loaded; may have been handed out
	counts  counts        // to be added to those in the file
}

func (x *txn) experiment(name string) *experiment {
	if e := x.experiments[name]; e != nil {
		return e
	}
	e := &experiment{txn: x, name: name}
	if e.clients = x.tx.Bucket(e.key(clientsPrefix)); e.clients != nil {
		e.version = e.clients.Sequence()
	}
	if x.tx.Writable() {
		x.experiments[name] = e
	}
	return e
}

func (e *experiment) key(prefix []byte) []byte { return slices.Concat(prefix, []byte(e.name)) }

func (e *experiment) exists() bool { return e.clients != nil }

// load sets bucket and record if the experiment exists.
func (e *experiment) load() error {
	if e.record != nil || !e.exists() {
		return nil
	}
	e.bucket = e.txn.tx.Bucket(e.key(experimentPrefix))
	if e.bucket == nil {
		return fmt.Errorf("%w: %q has clients but no record", errDamaged, e.name)
	}
	var r store.Record
	if err := json.Unmarshal(e.bucket.Get(recordKey), &r); err != nil {
		return fmt.Errorf("%w: record of %q: %w", errDamaged, e.name, err)
	}
	e.record = &r
	return nil
}

// create remembers a new experiment, and the epochs before that of its record.
func (e *experiment) create(r store.Record, earlier []store.Epoch) error {
	if key := e.key(experimentPrefix); r.Name != e.name || r.Version == 0 || len(key) > bbolt.MaxKeySize {
		return fmt.Errorf("%w: new record %.100q with version %d", store.ErrInvalid, r.Name, r.Version)
	}
	r.KPIs = nil
	value, err := encodeRecord(r)
	if err != nil {
		return err
	}
	epochs, err := encodeEpochs(earlier)
	if err != nil {
		return err
	}
	if e.clients, err = e.txn.emptyBucket(e.txn.tx, e.key(clientsPrefix)); err != nil {
		return err
	}
	if e.bucket, err = e.txn.emptyBucket(e.txn.tx, e.key(experimentPrefix)); err != nil {
		return err
	}
	if _, err := e.txn.emptyBucket(e.bucket, countsBucket); err != nil {
		return err
	}
	if len(earlier) > 0 {
		e.txn.put(e.bucket, epochsKey, epochs)
	}
	e.remember(r, value)
	return nil
}

// replace remembers r under the version after that of e.
func (e *experiment) replace(r store.Record) error {
	if err := e.load(); err != nil {
		return err
	}
	r.Version, r.KPIs = e.version+1, e.record.KPIs
	value, err := encodeRecord(r)
	if err != nil {
		return err
	}
	if err := e.beginEpoch(r.Epoch); err != nil {
		return err
	}
	e.remember(r, value)
	return nil
}

func (e *experiment) remember(r store.Record, value []byte) {
	e.txn.put(e.bucket, recordKey, value)
	e.txn.wrote(e.clients.SetSequence(r.Version))
	e.version, e.record = r.Version, &r
}

// beginEpoch moves the present epoch to the earlier ones, unless it goes on.
func (e *experiment) beginEpoch(next store.Epoch) error {
	if next.Number == e.record.Epoch.Number {
		return nil
	}
	epochs, err := e.epochs()
	if err != nil {
		return err
	}
	epochs = slices.DeleteFunc(epochs, func(p store.Epoch) bool { return p.Number == next.Number })
	value, err := encodeEpochs(epochs)
	if err != nil {
		return err
	}
	e.txn.put(e.bucket, epochsKey, value)
	return nil
}

// epochs returns all epochs, the present one last.
func (e *experiment) epochs() (epochs []store.Epoch, err error) {
	if value := e.bucket.Get(epochsKey); value != nil {
		if err := json.Unmarshal(value, &epochs); err != nil {
			return nil, fmt.Errorf("%w: epochs of %q: %w", errDamaged, e.name, err)
		}
	}
	return append(epochs, e.record.Epoch), nil
}

// kpi returns the index of a KPI, which the record learns if it must.
func (e *experiment) kpi(name string) (int, error) {
	if i := slices.Index(e.record.KPIs, name); i >= 0 {
		return i, nil
	}
	r := *e.record
	r.KPIs = append(slices.Clone(r.KPIs), name)
	value, err := encodeRecord(r)
	if err != nil {
		return 0, err
	}
	e.remember(r, value)
	return len(r.KPIs) - 1, nil
}

// forget drops all clients and, unless keepCounts, all that was counted.
func (e *experiment) forget(keepCounts bool) (err error) {
	if e.clients, err = e.txn.emptyBucket(e.txn.tx, e.key(clientsPrefix)); err != nil {
		return err
	}
	e.txn.wrote(e.clients.SetSequence(e.version))
	if keepCounts {
		// Only this one counts clients that are there now.
		excluded := countKey{kind: countExcluded}
		delete(e.counts.numbers, excluded)
		e.txn.wrote(e.bucket.Bucket(countsBucket).Delete(excluded.encode()))
		return nil
	}
	return e.forgetCounts()
}

func (e *experiment) forgetCounts() error {
	e.counts = counts{}
	for _, name := range [][]byte{countsBucket, importedBucket} {
		if _, err := e.txn.emptyBucket(e.bucket, name); err != nil {
			return err
		}
	}
	e.txn.wrote(e.bucket.Delete(epochsKey))
	r := *e.record
	r.KPIs = nil
	value, err := encodeRecord(r)
	if err != nil {
		return err
	}
	e.remember(r, value)
	return nil
}

// delete removes e from the file.
func (e *experiment) delete() {
	e.txn.wrote(e.txn.tx.DeleteBucket(e.key(clientsPrefix)))
	e.txn.wrote(e.txn.tx.DeleteBucket(e.key(experimentPrefix)))
	*e = experiment{txn: e.txn, name: e.name}
}

// client returns what is remembered of a client.
func (e *experiment) client(id string) (client, error) {
	if !e.exists() {
		return nobody, nil
	}
	c, err := decodeClient(e.clients.Get(clientKey(id)))
	if err != nil {
		return c, fmt.Errorf("%w: client %q of %q", err, id, e.name)
	}
	return c, nil
}

func (e *experiment) put(id string, c client) { e.txn.put(e.clients, clientKey(id), c.encode()) }
