package clientid_test

import (
	"strings"
	"testing"

	"github.com/sixpack-go/sixpack/store/internal/clientid"
)

const uuid = "3f6ab7c1-9d2e-4c58-a1f0-6b5e8d7c9a21"

func FuzzParse(f *testing.F) {
	for _, id := range []string{uuid, strings.ToUpper(uuid), strings.ReplaceAll(uuid, "-", "0"), "", uuid + "0", uuid[:35] + "g", uuid[:24] + "-" + uuid[25:]} {
		f.Add(id)
	}
	f.Fuzz(func(t *testing.T, id string) {
		if bytes, ok := clientid.Parse(id); ok && clientid.Format(bytes) != id {
			t.Errorf("the bytes of %q are those of %q", id, clientid.Format(bytes))
		}
	})
}

func TestParse(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]bool{
		uuid:                              true,
		"":                                false,
		strings.ToUpper(uuid):             false,
		strings.ReplaceAll(uuid, "-", ""): false,
		uuid[:35] + "g":                   false,
		uuid[:9] + "-" + uuid[10:]:        false,
		uuid[:8] + "0" + uuid[9:]:         false,
		uuid[:24] + "-" + uuid[25:]:       false,
		uuid[:34] + "-" + uuid[35:]:       false,
		strings.Repeat("-", 36):           false,
	} {
		if _, ok := clientid.Parse(id); ok != want {
			t.Errorf("%q is a UUID: %t, want %t", id, ok, want)
		}
	}
}
