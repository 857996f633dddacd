// Package browser holds nothing but tests: of the dashboard that the program serves,
// in a real browser, as people see and use it.
package browser
