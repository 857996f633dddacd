// Package analysis turns the counts of an experiment into a [Report] by one KPI: the rate of each alternative, its lift over
// the control with an interval, a [Verdict] in words, and an [Outlook] on how many participants and days are still needed.
//
// [New] needs nothing but counts and a time, so it serves an engine, a file and numbers typed on a command line alike.
// The statistics behind a report are those of package stats; the comparison may be looked at any time unless the plan
// of the experiment asks for a single look.
//
// Rates and lifts are fractions: a lift of 0.1 is 10% more than the control. A number that is undefined is NaN, and null in
// JSON.
package analysis
