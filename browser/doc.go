// Package browser tests the dashboard of the real server in a real browser. It contains
// only tests.
package browser
