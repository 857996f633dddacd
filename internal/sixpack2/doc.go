// Package sixpack2 reads and writes the data of Sixpack 2, as it is in Redis, so
// that one can come over from it, and go back.
//
//	space := sixpack2.New(client, "sxp", sixpack2.Config{})
//	x, err := space.Read(ctx, "button-color")
//	…
//	outcome, err := x.Import(ctx, st, nil)
//
// Sixpack gives each client of an experiment a number, in the order in which
// they come, and has a bitmap over these numbers for each alternative and day,
// month and year, and for all time (<p> is the prefix, N an experiment, A an
// alternative or "_all", T all, YYYY, YYYY-MM or YYYY-MM-DD):
//
//	<p>:e                    SET     names of experiments
//	<p>:e:N                  HASH    created_at, traffic_fraction, paused, archived, description
//	<p>:e:N:alternatives     LIST    the first is the control
//	<p>:e:N:winner           STRING
//	<p>:e:N:kpis             SET     names of KPIs
//	<p>:e:N:users            ZSET    client → number
//	<p>:e:N:excluded         bitmap
//	<p>:p:N:A:T              bitmap  of participation
//	<p>:p:N:days             SET     of the days there are; months and years likewise
//	<p>:c:N:A:users:T        bitmap  of conversions; N/K in place of N for KPI K
//	<p>:c:N:days             SET     likewise
//
// # Reading
//
// What is read is never more than a chunk of numbers at a time, so that memory
// does not grow with the number of clients. The rules, where there is a choice:
//
//   - A client takes part in the first alternative, in the order of the list,
//     that has its bit, as Sixpack answers. Its bits in other alternatives, of a
//     forced participation, become counts without a client, as do conversions in
//     an alternative that is not the client's.
//   - Its day is the first whose bitmap has its bit. A client that is in the
//     bitmaps of two days of one alternative is counted on the first only, so
//     that days sum up to the alternative's total, as they do not in Sixpack. A
//     bit that has no day counts on the day of the experiment's creation. One
//     that has a day only, and is missing from the bitmap of all time, counts.
//   - A client with the excluded bit is out, unless it takes part: then it stays
//     a participant, and the exclusion becomes a count without a client.
//   - A number with a name and no bits, which Sixpack gives out for a prefetch, is
//     nothing.
//   - Bits of numbers without a name become counts without a client: archiving
//     deletes the names.
//   - Names are taken as they are, whatever this version allows for new ones.
//     An alternative that is listed twice is one, with twice the share.
//   - A traffic fraction that is no number, or not in (0, 1], is 1. A created_at
//     that is no time is the first day there is.
//
// [Experiment.Notes] tells where one of these applied, [Experiment.Damaged] what
// could not be read. Neither keeps anything else from being read.
//
// A server may go on writing meanwhile. Sixpack only ever adds, one step after
// the other, and what it adds later is read earlier: so whoever is read is read
// with all that they did before. Who comes meanwhile comes with the next import.
//
// # Writing
//
// [Space.Export] gives numbers in the order in which the store gives clients, and
// writes the name of an experiment last: an experiment that Sixpack knows is
// complete. What is counted without a client gets numbers with made-up names,
// which reading knows again; without them the next client would get a number
// that has bits. An archived experiment without clients gets no names, as in
// Sixpack.
package sixpack2
