package bolt

import (
	"encoding/json"
	"fmt"
	"slices"

	"go.etcd.io/bbolt"

	"github.com/sixpack-go/sixpack/store"
)

// The file has these buckets, of which the first identifies it (see formatBucket):
//
//	sixpack            format: its version; id: its identity, if it was asked for
//	clients/<name>     clients of an experiment, see clientKey and client.encode; the bucket's
//	                   sequence is the record's version, so that finding a known client takes
//	                   two look-ups
//	experiment/<name>  record: the store.Record as JSON
//	                   epochs: the epochs before the present one as JSON, if there are any
//	                   counts: bucket, see countKey
//	                   imported: bucket like counts, for counts that no client accounts for
//	changes/<name>     log, see store.LogEntry; it remains when the experiment is deleted
var (
	clientsPrefix    = []byte("clients/")
	logPrefix        = []byte("changes/")
	experimentPrefix = []byte("experiment/")
	recordKey        = []byte("record")
	epochsKey        = []byte("epochs")
	countsBucket     = []byte("counts")
	importedBucket   = []byte("imported")
)

// An experiment is an experiment within a transaction.
type experiment struct {
	txn     *txn
	name    string
	version uint64        // 0 if the experiment does not exist
	clients *bbolt.Bucket // nil if the experiment does not exist
	bucket  *bbolt.Bucket // nil until loaded
	record  *store.Record // nil until loaded; may have been returned to callers
	pending *store.Counts // to be added to the counts in the file at the end of the transaction; nil: none
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

// load reads the record if the experiment exists.
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

// create writes a new experiment and the epochs before its present one.
func (e *experiment) create(r store.Record, earlier []store.Epoch) error {
	if key := e.key(experimentPrefix); r.Name != e.name || r.Version == 0 || len(key) > bbolt.MaxKeySize {
		return fmt.Errorf("%w: new record %.100q with version %d", store.ErrInvalid, r.Name, r.Version)
	}
	r.KPIs, r.Measures = nil, nil
	value, err := encode("record", r)
	if err != nil {
		return err
	}
	epochs, err := encode("epochs", earlier)
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
	e.putRecord(r, value)
	return nil
}

// replace writes r as the next version of the record.
func (e *experiment) replace(r store.Record) error {
	if err := e.load(); err != nil {
		return err
	}
	r.Version, r.KPIs, r.Measures = e.version+1, e.record.KPIs, e.record.Measures
	value, err := encode("record", r)
	if err != nil {
		return err
	}
	if err := e.beginEpoch(r.Epoch); err != nil {
		return err
	}
	e.putRecord(r, value)
	return nil
}

func (e *experiment) putRecord(r store.Record, value []byte) {
	e.txn.put(e.bucket, recordKey, value)
	e.txn.wrote(e.clients.SetSequence(r.Version))
	e.version, e.record = r.Version, &r
}

// beginEpoch moves the present epoch to the earlier ones if the next one is another.
func (e *experiment) beginEpoch(next store.Epoch) error {
	if next.Number == e.record.Epoch.Number {
		return nil
	}
	epochs, err := e.epochs()
	if err != nil {
		return err
	}
	epochs = slices.DeleteFunc(epochs, func(p store.Epoch) bool { return p.Number == next.Number })
	value, err := encode("epochs", epochs)
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

// kpi returns the index of a KPI, which is added to the record with the measure if it is
// unknown.
func (e *experiment) kpi(name string, m store.Measure) (int, error) {
	if i := slices.Index(e.record.KPIs, name); i >= 0 {
		return i, nil
	}
	r := *e.record
	r.AddKPI(name, m)
	value, err := encode("record", r)
	if err != nil {
		return 0, err
	}
	e.putRecord(r, value)
	return len(r.KPIs) - 1, nil
}

// counting returns the pending counts, to be changed.
func (e *experiment) counting() *store.Counts {
	if e.pending == nil {
		e.pending = new(store.Counts)
	}
	return e.pending
}

// clear deletes all clients and, unless keepCounts is set, all counts.
func (e *experiment) clear(keepCounts bool) (err error) {
	if e.clients, err = e.txn.emptyBucket(e.txn.tx, e.key(clientsPrefix)); err != nil {
		return err
	}
	e.txn.wrote(e.clients.SetSequence(e.version))
	if keepCounts {
		// Only this count is about clients that exist now.
		e.counting().Excluded = 0
		e.txn.wrote(e.bucket.Bucket(countsBucket).Delete(countKey{kind: countExcluded}.encode()))
		return nil
	}
	return e.clearCounts()
}

func (e *experiment) clearCounts() error {
	e.pending = nil
	for _, name := range [][]byte{countsBucket, importedBucket} {
		if _, err := e.txn.emptyBucket(e.bucket, name); err != nil {
			return err
		}
	}
	e.txn.wrote(e.bucket.Delete(epochsKey))
	r := *e.record
	r.KPIs, r.Measures = nil, nil
	value, err := encode("record", r)
	if err != nil {
		return err
	}
	e.putRecord(r, value)
	return nil
}

// delete removes the experiment from the file.
func (e *experiment) delete() {
	e.txn.wrote(e.txn.tx.DeleteBucket(e.key(clientsPrefix)))
	e.txn.wrote(e.txn.tx.DeleteBucket(e.key(experimentPrefix)))
	*e = experiment{txn: e.txn, name: e.name}
}

// client returns a client, unseen if there is none.
func (e *experiment) client(id string) (client, error) {
	if !e.exists() {
		return unseen, nil
	}
	c, err := decodeClient(e.clients.Get(clientKey(id)))
	if err != nil {
		return c, fmt.Errorf("%w: client %q of %q", err, id, e.name)
	}
	return c, nil
}

func (e *experiment) put(id string, c client) { e.txn.put(e.clients, clientKey(id), c.encode()) }
