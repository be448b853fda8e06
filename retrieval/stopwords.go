package retrieval

import "strings"

// stopLanguages is the order in which ties of [DetectLanguage] are broken.
var stopLanguages = []string{"en", "de", "fr", "es", "it", "nl", "pt"}

// stopWords are the function words of a language, folded. They carry no topic;
// negations are among them because a bag of words cannot use them.
var stopWords = wordSets(map[string]string{
	"en": `a about after again all also am an and any anyone are as at be because been before being but by can cannot
		could did didn do does doesn doing don down else ever few for from further get gets got had has have having he
		her here hers him his how however i if in into is isn it its itself just know let like ll m many may me might
		mine more most much must my no nor not now of off on once only or other our ours out over own please re same
		say she should so some somebody someone something still such t than that the their theirs them then there
		these they this those though through to too under until up upon us use ve very want was wasn we were what when
		where which while who whom whose why will with won would yet you your yours s d`,
	"de": `ab aber alle allem allen aller alles als also am an auch auf aus bei beim bin bis bist da dabei damit dann das
		dass dein deine dem den denn der des dessen dich die dies diese diesem diesen dieser dieses dir doch dort du
		durch ein eine einem einen einer eines er es etwas euch euer eure fur gegen geht gibt habe haben hat hatte
		hatten hier hin ich ihm ihn ihnen ihr ihre ihrem ihren ihrer im in ins ist ja jede jedem jeden jeder jedes
		jetzt kann kannst kein keine keinen keiner konnen konnte machen man mehr mein meine meinem meinen meiner mich
		mir mit muss mussen nach nicht nichts noch nun nur ob oder ohne schon sehr sein seine seinem seinen seiner
		seit selbst sich sie sind so solche soll sollen sollte sondern sonst uber um und uns unser unsere unserem
		unseren unserer unter viel vom von vor wann war waren warum was weil welche welchem welchen welcher welches
		wenn wer werde werden wie wieder will wir wird wo wollen worden wurde wurden zu zum zur zwar zwischen hab nen`,
	"fr": `a afin ai ainsi alors apres as au aucun aura aussi autre aux avant avec avez avoir avons c car ce ceci cela
		celle celui ces cet cette ceux chaque chez ci comme comment d dans de depuis des deux devrait doit dois donc
		dont du elle elles en encore entre es est et etaient etait ete etes etre eu eux fait faire faut font il ils j
		je juste l la le les leur leurs lors lorsque lui m ma mais me meme memes mes moi moins mon n ne ni nos notre
		nous on ont ou par parce pas pendant peu peut peux plus plusieurs pour pourquoi pouvez puis qu quand que quel
		quelle quelles quels qui quoi s sa sans se ses si soit son sont sous sur suis t ta tant te tes toi ton tous
		tout toute toutes tres tu un une va vers veux voici voila vos votre voulez vous y`,
	"es": `a al algo alguna alguno antes aqui asi aun cada como con contra cual cuales cuando cuanto de del desde donde
		dos durante e el ella ellas ellos en entre era eran es esa esas ese eso esos esta estaba estan estar estas este
		esto estos fue fueron ha haber hace hacer hacia han hasta hay he la las le les lo los mas me mi mis mismo mucho
		muy nada ni no nos nosotros nuestra nuestro o os otra otro para pero poco por porque puede puedo que quien
		quiero se sea segun ser si sido sin sobre son su sus tambien tan tanto te tengo tiene tienen todo todos tu tus
		un una unas uno unos usted ustedes y ya yo`,
	"it": `a abbiamo ad agli ai al alla alle allo anche ancora avere aveva c che chi ci cio col come con contro cosa cui
		da dagli dai dal dalla dalle dallo de degli dei del della delle dello di dopo dove e ed era erano essere fa fare
		fino fra gia gli ha hai hanno ho i il in io l la le lei li lo loro lui ma me mi mia mie miei mio molto ne negli
		nei nel nella nelle nello no noi non nostra nostro o ogni oppure per perche piu poi posso prima puo qual quale
		quali quando quanto quella quelle quelli quello questa queste questi questo qui se sei senza si sia siamo sono
		sopra sotto sta stato su sua sue sugli sui sul sulla sulle suo suoi te tra tu tua tuo tutti tutto un una uno vi
		voglio voi vostra vostro`,
	"nl": `aan al alle alleen als altijd ben bij daar dan dat de deze die dit doen door dus een eens en er ge geen gaat
		had hadden heb hebben heeft hem het hier hij hoe hun iets ik in is ja je jij jullie kan kun kunnen maar me meer
		men met mij mijn moet moeten na naar niet niets nog nu of om omdat ons onze ook op over te tegen toch toen tot
		u uit uw van veel voor waar waarom wanneer want waren was wat we wel welke werd wie wij wil worden wordt zal ze
		zelf zich zij zijn zo zoals zonder zou`,
	"pt": `a ainda ao aos as ate cada com como da das de dela dele deles depois do dos e ela elas ele eles em entre era
		essa essas esse esses esta estamos estao estar estas este estes estou eu faz fazer foi foram ha isso isto ja la
		lhe lhes mais mas me mesmo meu meus minha minhas muito na nao nas nem no nos nossa nosso num numa o onde os ou
		outra outro para pela pelas pelo pelos pode podem por porque posso pra qual quais quando quanto que quem se sem
		ser sera seu seus so sobre sou sua suas tambem te tem temos tenho ter teu tinha toda todo todos tu tua um uma
		umas uns voce voces`,
})

func wordSets(lists map[string]string) map[string]map[string]bool {
	sets := make(map[string]map[string]bool, len(lists))
	for language, list := range lists {
		set := map[string]bool{}
		for word := range strings.FieldsSeq(list) {
			set[word] = true
		}
		sets[language] = set
	}
	return sets
}
