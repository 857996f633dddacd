package redis

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/sixpack-go/sixpack/store"
)

// The fields of a record's hash. The field of a KPI is fieldKPI followed by its name, and
// contains its index. The field fieldMeasure followed by the name contains the measure of the
// KPI, if it is known. Other fields are for the scripts: n is the number of KPIs, o the nonce of
// the call that wrote the record, and t the version, generation and number of alternatives, in
// one field because every call reads them.
const (
	fieldVersion    = "v"
	fieldGeneration = "g"
	fieldJSON       = "j" // without the version, the KPIs and their measures
	fieldKPI        = "k"
	fieldMeasure    = "m"
)

// recordArgs returns the arguments with which a script writes r, without its version.
func recordArgs(r store.Record) ([]string, error) {
	r.Version, r.KPIs, r.Measures = 0, nil, nil
	text, err := json.Marshal(r)
	if err != nil { // a number is not finite, or a year is beyond 9999
		return nil, fmt.Errorf("%w: record: %w", store.ErrInvalid, err)
	}
	epoch, err := json.Marshal(r.Epoch)
	if err != nil {
		return nil, fmt.Errorf("%w: epoch: %w", store.ErrInvalid, err)
	}
	return []string{
		string(text), strconv.Itoa(len(r.Alternatives)), newNonce(),
		strconv.FormatUint(uint64(r.Epoch.Number), 10), string(epoch),
	}, nil
}

func decodeRecord(fields map[string]string) (*store.Record, error) {
	var r store.Record
	if err := json.Unmarshal([]byte(fields[fieldJSON]), &r); err != nil {
		return nil, fmt.Errorf("%w: record: %w", errDamaged, err)
	}
	version, err := strconv.ParseUint(fields[fieldVersion], 10, 64)
	r.Version = version
	kpis := make(map[int]string)
	for field, value := range fields {
		if field[:min(1, len(field))] != fieldKPI {
			continue
		}
		i, e := strconv.Atoi(value)
		err = errors.Join(err, e)
		kpis[i] = field[len(fieldKPI):]
	}
	for i := range len(kpis) {
		name, ok := kpis[i]
		if !ok {
			err = errors.Join(err, errDamaged)
		}
		r.AddKPI(name, store.Measure(fields[fieldMeasure+name]))
	}
	if err != nil {
		return nil, fmt.Errorf("%w: record: %w", errDamaged, err)
	}
	return &r, nil
}
