package httpapi

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"
)

// CORS sets what browsers allow pages of other origins to do. Empty fields mean the values
// of Sixpack.
type CORS struct {
	// Origins are the allowed origins. In a pattern, '*' matches any text:
	// "https://*.example.com". Without patterns, or with "*", all origins are allowed.
	Origins []string
	// Headers is Access-Control-Allow-Headers: "Origin, ..." if empty.
	Headers string
	// Credentials is Access-Control-Allow-Credentials: "true" if empty.
	Credentials string
	// Methods is Access-Control-Allow-Methods: "GET" if empty.
	Methods string
	// ExposeHeaders is Access-Control-Expose-Headers: "..." if empty.
	ExposeHeaders string
}

// cors holds the headers of [CORS], computed once for all answers.
type cors struct {
	fixed   []field
	origins []pattern // nil: Access-Control-Allow-Origin is fixed
}

type field struct {
	name   string
	values []string
}

func newCORS(o CORS) cors {
	c := cors{fixed: []field{
		{echo.HeaderAccessControlAllowHeaders, []string{cmp.Or(o.Headers, "Origin, ...")}},
		{echo.HeaderAccessControlAllowCredentials, []string{cmp.Or(o.Credentials, "true")}},
		{echo.HeaderAccessControlAllowMethods, []string{cmp.Or(o.Methods, "GET")}},
		{echo.HeaderAccessControlExposeHeaders, []string{cmp.Or(o.ExposeHeaders, "...")}},
		{echo.HeaderXContentTypeOptions, []string{"nosniff"}},
	}}
	if len(o.Origins) == 0 || slices.Contains(o.Origins, "*") {
		c.fixed = append(c.fixed, field{echo.HeaderAccessControlAllowOrigin, []string{"*"}})
		return c
	}
	for _, origin := range o.Origins {
		c.origins = append(c.origins, strings.Split(origin, "*"))
	}
	return c
}

// set adds the CORS headers to the headers of an answer.
func (c *cors) set(answer, request http.Header) {
	for _, f := range c.fixed {
		answer[f.name] = f.values
	}
	if c.origins == nil {
		return
	}
	answer.Add(echo.HeaderVary, echo.HeaderOrigin)
	origin := request.Get(echo.HeaderOrigin)
	matches := func(p pattern) bool { return p.matches(origin) }
	if origin != "" && slices.ContainsFunc(c.origins, matches) {
		answer.Set(echo.HeaderAccessControlAllowOrigin, origin)
	}
}

// A pattern holds the texts between the wildcards.
type pattern []string

func (p pattern) matches(s string) bool {
	last := len(p) - 1
	if last == 0 {
		return s == p[0]
	}
	s, begins := strings.CutPrefix(s, p[0])
	s, ends := strings.CutSuffix(s, p[last])
	if !begins || !ends {
		return false
	}
	for _, part := range p[1:last] {
		_, after, found := strings.Cut(s, part)
		if !found {
			return false
		}
		s = after
	}
	return true
}
