// Package sixpack runs A/B tests in process: it gives each client one alternative
// of an experiment, always the same one, counts the client once, and counts its
// conversions.
//
//	engine := sixpack.New(new(memory.Store), sixpack.Config{})
//	button := sixpack.Experiment{Name: "button-color", Alternatives: []string{"red", "blue"}}
//
//	a, err := engine.Participate(ctx, button, clientID, sixpack.UserAgent(userAgent))
//	if err != nil {
//		return err
//	}
//	show(a.Alternative) // "red" or "blue"; to robots the winner, else the control
//
//	a, err = engine.Convert(ctx, button.Name, clientID, sixpack.UserAgent(userAgent))
//	if err != nil {
//		return err
//	}
//	if a.Reason != sixpack.ReasonRobot { // robots do not convert and have no a.Alternative
//		log.Println("converted with", a.Alternative)
//	}
//
// The data is kept by a [github.com/sixpack-go/sixpack/store.Store]: store/bolt keeps
// it in a file, store/redis in Redis, store/memory in memory. Any other store that
// passes the suite in store/storetest will do. Package httpapi serves an engine to
// programs in other languages, with the protocol of SeatGeek's Sixpack.
//
// # Promises
//
//   - A client keeps its alternative as long as the experiment exists, even if
//     traffic, weights or algorithm change.
//   - What a call answers without an error has been stored. A call that is refused
//     has changed nothing.
//   - Choices are a hash of experiment and client: a retry, a prefetch and another
//     data center agree. With equal weights they are the choices of Sixpack 2.
//   - Several engines may share a store. Each caches the records that it has seen.
//     The cache may say yes; before it says no, the store is asked.
package sixpack
