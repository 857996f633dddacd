package browser_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/page"
)

// TestPicture takes the README's picture, and saves it with -picture.
func TestPicture(t *testing.T) {
	t.Parallel()
	p := newTab(t, need(t, open), desk)
	p.open(pageOf("signup-button"))
	const maxBytes = 200 << 10
	height := eval[float64](p, `document.querySelector(".plots .uplot").getBoundingClientRect().bottom + 8`)
	taken := call(p, page.CaptureScreenshot, page.CaptureScreenshotParams{
		CaptureBeyondViewport: new(true), Clip: &page.Viewport{Width: float64(desk.width), Height: height, Scale: 1},
	}).Data
	if len(taken) > maxBytes {
		t.Errorf("the picture has %d bytes, more than %d", len(taken), maxBytes)
	}
	if *picture {
		if err := os.WriteFile(filepath.Join("..", "docs", "dashboard.png"), taken, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
