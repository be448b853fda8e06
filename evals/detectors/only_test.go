package detectors
import ("testing";"os";"fmt")
func TestOnly(t *testing.T){
	industries, err := Load(os.DirFS(".")); if err!=nil{t.Fatal(err)}
	tasks,_:=newTasks(industries)
	k:=kernelCache{}
	for _,x:=range tasks{ if x.name!=os.Getenv("TASK"){continue}
	 l:=newLearner(x,k.of(x)); h,_:=l.leaveOut(t.Context(),8,os.Getenv("NEST")!="")
	 if os.Getenv("NEST")=="" { c:=calibrate(x,h.outer); c.setFloor(x,h.outer); for i:=range h.inner{h.inner[i]=h.outer}}
	 j:=judge(x,h,industries[:8])
	 fmt.Println(Report([]Judgement{j}))
	 if os.Getenv("ERR")!=""{
	  for _,r:=range j.rows{ if !r.developed{continue}
	   if (r.class!=0)!=r.flagged() {fmt.Printf("%v %.3f floor %.2f %s %s\n", x.values[r.class],1-r.probabilities[0],r.floor,r.source,r.id)}
	  }}
	}
}
