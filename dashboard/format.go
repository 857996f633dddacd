package dashboard

import "html/template"

// functions are what templates can call.
var functions = template.FuncMap{
	"asset": asset,
}
