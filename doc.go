// Package sixpack runs A/B tests in process: it says which alternative of an
// experiment a client gets, always the same one, counts the client once, and
// counts its conversions.
//
//	engine := sixpack.New(new(memory.Store), sixpack.Config{})
//	button := sixpack.Experiment{Name: "button-color", Alternatives: []string{"red", "blue"}}
//
//	a, err := engine.Participate(ctx, button, clientID) // a.Alternative is "red" or "blue"
//	…
//	_, err = engine.Convert(ctx, button.Name, clientID)
//
// What is remembered goes to a [github.com/sixpack-go/sixpack/store.Store]:
// store/bolt keeps it in one file, store/memory in memory, and anything that
// passes the suite in store/storetest will do. Package httpapi serves an engine
// to programs in other languages, over the protocol of SeatGeek's Sixpack.
//
// # Promises
//
//   - A client keeps its alternative for as long as the experiment lives,
//     whatever changes about traffic, weights or algorithm.
//   - Whatever a call answers without an error has been stored; what a call
//     refuses has changed nothing.
//   - Choices are a hash of experiment and client: a retry, a prefetch and
//     another data centre agree. With equal weights they are those of Sixpack 2.
//   - Several engines may share one store. Each remembers the records it saw,
//     but never answers from that memory alone: what the store says wins.
package sixpack
