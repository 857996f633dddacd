package bolt_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/bolt"
)

// Acknowledged data is there when the file is opened again.
func Example() {
	folder, err := os.MkdirTemp("", "sixpack")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "sixpack.db")
	ctx := context.Background()

	st, err := bolt.Open(path)
	if err != nil {
		fmt.Println(err)
		return
	}
	now := time.Now()
	_, err = st.Participate(ctx, store.Participation{
		Experiment: "button",
		Client:     "3f6ab7c1-9d2e-4c58-a1f0-6b5e8d7c9a21",
		Record: &store.Record{
			Name: "button", Version: 1, Alternatives: []string{"red", "blue"}, Created: now,
			Epoch: store.Epoch{Number: 1, Start: now},
		},
		Choice: 1,
		Epoch:  1,
		At:     now,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := st.Close(); err != nil {
		fmt.Println(err)
		return
	}

	st, err = bolt.Open(path)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer st.Close()
	facts, err := st.Lookup(ctx, "button", "3f6ab7c1-9d2e-4c58-a1f0-6b5e8d7c9a21")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(facts.Record.Alternatives[facts.Choice])
	// Output: blue
}
