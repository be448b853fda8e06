package httpapi_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"strings"
	"testing"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/httpapi"
	"github.com/signalbox/signalbox/internal/postgres"
	"github.com/signalbox/signalbox/retrieval"
)

// formOf is a multipart body: pairs of names and contents, the audience first.
func formOf(t *testing.T, audience string, files ...string) (body, contentType string) {
	t.Helper()
	var buffer bytes.Buffer
	form := multipart.NewWriter(&buffer)
	if audience != "" {
		must(t, form.WriteField("audience", audience))
	}
	for i := 0; i < len(files); i += 2 {
		part, err := form.CreatePart(textproto.MIMEHeader{"Content-Disposition": {`form-data; name="files"; filename="` + files[i] + `"`}})
		must(t, err)
		_, err = part.Write([]byte(files[i+1]))
		must(t, err)
	}
	must(t, form.Close())
	return buffer.String(), form.FormDataContentType()
}

func TestImportIsStoredOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	admin := w.key(postgres.NewKey{Scope: desk.AdminActor})
	body, contentType := formOf(t, "public", "help/a.md", "# A\n\nText.", "b.html", "<p>b</p>")
	header := merged(admin, map[string]string{"Content-Type": contentType, httpapi.HeaderIdempotency: "once"})
	sent := w.do(call{http.MethodPost, "/v1/agent/articles:import", body, header})
	made := decode[retrieval.Import](t, sent, http.StatusAccepted)
	if made.State != retrieval.RunOpen || made.Total != 2 || made.Audience != desk.Public || !strings.HasSuffix(sent.header.Get("Location"), "/v1/agent/imports/"+made.ID.String()) {
		t.Errorf("%+v at %q", made, sent.header.Get("Location"))
	}
	again := w.do(call{http.MethodPost, "/v1/agent/articles:import", body, header})
	if repeated := decode[retrieval.Import](t, again, http.StatusAccepted); repeated.ID != made.ID || again.header.Get(httpapi.HeaderReplayed) != "true" {
		t.Errorf("the same key makes %s, want %s again", repeated.ID, made.ID)
	}
	if rows := w.count("select count(*) from signalbox.outbox where kind = 'knowledge:import'"); rows != 1 {
		t.Errorf("%d rows of work, want 1", rows)
	}
	if names := w.count("select count(*) from signalbox.import_files where name in ('help/a.md', 'b.html') and content is not null"); names != 2 {
		t.Errorf("%d files are stored, want 2 with their folders", names)
	}
	if found := decode[retrieval.Import](t, w.get("/v1/agent/imports/"+made.ID.String(), admin), http.StatusOK); found.ID != made.ID {
		t.Errorf("read back %+v", found)
	}
	problemOf(t, w.get("/v1/agent/imports/00000000-0000-7000-8000-000000000001", admin), http.StatusNotFound)

	list := w.do(call{http.MethodPost, "/v1/agent/articles:import", `{"audience":"internal","urls":["https://help.example/a"]}`, admin})
	if asked := decode[retrieval.Import](t, list, http.StatusAccepted); asked.Audience != desk.Internal || asked.Total != 1 {
		t.Errorf("a list: %+v", asked)
	}
}

func TestWrongImportsAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	admin := w.key(postgres.NewKey{Scope: desk.AdminActor})
	for _, body := range []string{`{}`, `{"audience":"public"}`, `{"audience":"all","urls":["https://a.example"]}`, `{"audience":"public","urls":[],"files":1}`, `[]`} {
		problemOf(t, w.do(call{http.MethodPost, "/v1/agent/articles:import", body, admin}), http.StatusUnprocessableEntity)
	}
	body, contentType := formOf(t, "", "a.md", "x")
	problemOf(t, w.do(call{http.MethodPost, "/v1/agent/articles:import", body, merged(admin, map[string]string{"Content-Type": contentType})}), http.StatusUnprocessableEntity)
	problemOf(t, w.do(call{http.MethodPost, "/v1/agent/articles:import", body, merged(admin, map[string]string{"Content-Type": "text/plain"})}), http.StatusUnprocessableEntity)
	large, contentType := formOf(t, "public", "a.md", strings.Repeat("x", 33<<20))
	problemOf(t, w.do(call{http.MethodPost, "/v1/agent/articles:import", large, merged(admin, map[string]string{"Content-Type": contentType})}), http.StatusRequestEntityTooLarge)
	agent := w.key(postgres.NewKey{Scope: desk.AgentActor})
	body, contentType = formOf(t, "public", "a.md", "x")
	problemOf(t, w.do(call{http.MethodPost, "/v1/agent/articles:import", body, merged(agent, map[string]string{"Content-Type": contentType})}), http.StatusForbidden)
	if rows := w.count("select count(*) from signalbox.imports"); rows != 0 {
		t.Errorf("%d imports are stored, want none", rows)
	}
}
