package sdk

import (
	"fmt"
	"io"
	"net/http"

	"prism.internal/plugin-sdk/internal/metrics"
	"prism.internal/plugin-sdk/internal/web"
)

// pages are what PRISM_METRICS_LISTEN serves.
func (r *runner) pages(p Plugin) map[string]web.Page {
	return map[string]web.Page{
		"/ready": func(w io.Writer) int {
			draining, _, backend := r.Health()
			switch {
			case draining:
				io.WriteString(w, "draining\n")
			case backend != nil:
				// The text of the error may hold secrets; the log has it.
				io.WriteString(w, "the backend is down\n")
			default:
				io.WriteString(w, "ok\n")
				return http.StatusOK
			}
			return http.StatusServiceUnavailable
		},
		"/metrics": func(w io.Writer) int {
			draining, inFlight, backend := r.Health()
			r.calls.Write(w, metrics.State{
				Plugin: p.Name, Version: p.Version, InFlight: inFlight, Up: backend == nil && !draining,
			})
			return http.StatusOK
		},
		"/live": func(w io.Writer) int {
			fmt.Fprintln(w, "ok")
			return http.StatusOK
		},
	}
}
