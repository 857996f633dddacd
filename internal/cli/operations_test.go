package cli

import (
	"slices"
	"testing"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/internal/operatortest"
)

// TestOperations plans experiments in each state and acknowledges their mismatches, which is
// what the command line offers of the operations, in a store of its own and in the one of a
// running server.
func TestOperations(t *testing.T) {
	commands := map[string][]string{
		"plan": {"plan", "--set", "--effect=7%"}, "plan-fixed": {"plan", "--set", "--size=1000", "--fixed"}, "acknowledge": {"analyze", "--acknowledge"},
	}
	for name, serve := range map[string]func(t *testing.T, folder string){
		"file":   func(*testing.T, string) {},
		"server": func(t *testing.T, folder string) { t.Helper(); startServer(t, folder) },
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			st := openPlace(t, folder)
			prepared := make(map[string]bool)
			says := make(map[operatortest.Case]string)
			for _, c := range operatortest.Cases() {
				if !prepared[c.State] {
					operatortest.Prepare(t, st, c.State, c.State)
					prepared[c.State] = true
				}
				if c.Want != operatortest.OK && commands[c.Operation] != nil {
					says[c] = operatortest.Do(t.Context(), sixpack.New(st, sixpack.Config{}), c.State, c.Operation).Error()
				}
			}
			closeStore(t, st)
			serve(t, folder)
			for _, c := range operatortest.Cases() {
				command := commands[c.Operation]
				if command == nil {
					continue
				}
				_, _, err := call(t, nil, slices.Concat(command, []string{c.State, "--data-dir", folder})...)
				switch {
				case c.Want == operatortest.OK && err != nil:
					t.Errorf("%s of %s: %v", c.Operation, c.State, err)
				case c.Want != operatortest.OK && (err == nil || err.Error() != says[c]):
					t.Errorf("%s of %s: %v, want %s", c.Operation, c.State, err, says[c])
				}
			}
		})
	}
}
