package triage
import ("testing";"fmt";"time")
func TestQuick(t *testing.T){
 s:=time.Now(); m:=testModel(t); fmt.Println(time.Since(s))
 for _,f:=range learnedFields{ fmt.Printf("%s %+v powers=%+v\n",f,m.metrics[f], func() any { if m.fields[f]!=nil {return m.fields[f].powers}; return nil }()) }
 d:=decide(t,testEngine(t,DefaultPolicy()),typicalTicket())
 for _,l:=range Explain(d){fmt.Println(l)}
 for _,q:=range d.Render(typicalTicket()){fmt.Println(q.Name,q.Text)}
}
