package dashboard

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"

	"github.com/sixpack-go/sixpack/dashboard/internal/reply"
)

//go:embed assets
var assetFiles embed.FS

// assets are the files of the pages, and versions their hashes by name.
var assets, versions = readAssets()

func readAssets() (fs.FS, map[string]string) {
	files, err := fs.Sub(assetFiles, "assets")
	if err != nil {
		panic(err) // the folder is embedded
	}
	versions := make(map[string]string)
	entries, _ := fs.ReadDir(files, ".") // embedded too
	for _, e := range entries {
		text, _ := fs.ReadFile(files, e.Name())
		sum := sha256.Sum256(text)
		const short = 8
		versions[e.Name()] = hex.EncodeToString(sum[:short])
	}
	return files, versions
}

// asset returns the path of an asset below the prefix. It contains the version.
func asset(name string) string { return "/static/" + name + "?v=" + versions[name] }

// static serves an asset, which browsers may cache forever if the path has its version.
func (d *dashboard) static(w http.ResponseWriter, r *http.Request) error {
	name := path.Base(r.URL.Path)
	if name == "favicon.ico" {
		name = "icon.svg" // for clients that do not read the page
	}
	version, known := versions[name]
	if !known {
		return reply.ErrNotFound
	}
	w.Header().Set("ETag", `"`+version+`"`)
	w.Header().Set("Cache-Control", "no-cache")
	if r.URL.Query().Get("v") == version {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	http.ServeFileFS(w, r, assets, name)
	return nil
}
