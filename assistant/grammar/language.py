"""Language: whether a message is English, by its script and by the little words that every language needs.

A small method on purpose: it loads at once, and brand names, model numbers and typing mistakes do not mislead it, because
a message counts as foreign only where words of another language outnumber the English ones.
"""

from __future__ import annotations

import re
import unicodedata

from assistant.grammar.english import FUNCTION_WORDS, is_word

_WORDS: dict[str, frozenset[str]] = {
    language: frozenset(words.split())
    for language, words in {
        "de": "ich du er wir ihr sie der die das den dem des ein eine einen einem einer und oder aber nicht kein keine ist sind war habe haben hat suche "
        "brauche möchte mochte will können konnen können kann bitte danke hallo guten tag morgen abend wie was wo wann warum welche welcher für fur mit ohne "
        "von zu auf bei nach über uber gibt es mir mich mein meine meinen ihre ihren euch bestellung lieferung rechnung zelte zelt schuhe gern gerne auch noch "
        "schon sehr viel kostet preis günstig billig größe farbe blau rot grün schwarz weiß ja nein tschüss wiedersehen versand rückgabe",
        "fr": "je tu il elle nous vous ils elles le la les un une des du de et ou mais pas ne est sont suis avez avoir ai cherche voudrais veux peux pouvez s'il "
        "plaît plait merci bonjour bonsoir salut comment quoi où quand pourquoi quel quelle pour avec sans dans sur mon ma mes votre vos commande livraison "
        "facture tente tentes chaussures combien prix taille couleur bleu rouge vert noir blanc oui non au aux ce cette ces avez-vous y a-t-il moi colis retour c'est j'ai",
        "es": "yo tú tu él ella nosotros ustedes el la los las un una unos unas y o pero no es son soy estoy está tengo tienes tienen tiene busco quiero quisiera "
        "necesito puedo puede pueden por favor gracias hola buenos buenas días dias tardes noches cómo como qué que dónde donde cuándo cuando cuál para con sin "
        "de del al en mi mis su pedido envío envio factura tienda tiendas zapatos cuánto cuanto cuesta precio talla color azul rojo verde negro blanco sí si ayuda adiós",
        "it": "io tu lui lei noi voi loro il lo la gli le un uno una e o ma non è sono ho hai ha abbiamo avete cerco vorrei voglio posso potete puoi per favore grazie "
        "ciao buongiorno buonasera salve come cosa dove quando perché quale con senza di del della da in su mio mia vostro ordine spedizione fattura tenda tende "
        "scarpe quanto costa prezzo taglia colore blu rosso verde nero bianco sì aiuto mi che",
        "pt": "eu tu ele ela nós vocês você o a os as um uma uns e ou mas não nao é são sou estou está tenho tem têm procuro quero queria gostaria preciso posso pode por "
        "favor obrigado obrigada olá ola oi bom dia boa tarde noite como que onde quando porque qual para com sem de do da no na meu minha seu pedido entrega "
        "fatura barraca sapatos quanto custa preço tamanho cor azul vermelho verde preto branco sim",
        "nl": "ik jij je u hij zij wij jullie de het een en of maar niet geen is zijn ben heb hebt heeft hebben zoek wil graag kan kunt mag alstublieft alsjeblieft dank "
        "bedankt hallo goedemorgen goedemiddag goedendag hoe wat waar wanneer waarom welke voor met zonder van naar op mijn uw bestelling levering factuur tent "
        "schoenen hoeveel kost prijs maat kleur blauw rood groen zwart wit ja nee ook nog ze dit dat",
        "pl": "ja ty on ona my wy oni i lub ale nie jest są mam masz ma szukam chcę chce potrzebuję mogę proszę dziękuję cześć dzień dobry jak co gdzie kiedy dlaczego "
        "który dla z bez w na do mój moje zamówienie dostawa namiot buty ile kosztuje cena rozmiar kolor tak czy",
        "sv": "jag du han hon vi ni de den det en ett och eller men inte är har hade söker vill kan snälla tack hej god morgon hur vad var när varför vilken för med utan av "
        "till på min mitt er beställning leverans tält skor mycket kostar pris storlek färg ja nej",
        "da": "jeg du han hun vi i de den det en et og eller men ikke er har havde søger vil kan tak hej god hvordan hvad hvor hvornår hvorfor til på min mit ordre levering telt sko pris størrelse",
        "tr": "ben sen biz siz ve veya ama değil var yok istiyorum arıyorum lütfen teşekkürler merhaba selam nasıl ne nerede bir bu şu için ile mi mı mu benim sipariş kargo çadır fiyat evet hayır",
    }.items()
}
_AMBIGUOUS = frozenset("a an as at i in is on me he we no do so of to or was war die am all he has den to he man most of den tag hat van tent color la de".split()) | FUNCTION_WORDS
_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_MOST_READ = 60
_FOREIGN_SCRIPT_SHARE = 0.4


def language_of(text: str) -> str:
    """ISO 639-1 code of the language of `text`: "en" unless the signs of another one outweigh; "und" for other scripts."""
    words = [word.lower() for word in _WORD.findall(text)][:_MOST_READ]
    if not words:
        return "en"
    letters = [char for word in words for char in word]
    foreign = [char for char in letters if not unicodedata.name(char, "LATIN").startswith(("LATIN", "MODIFIER"))]
    if len(foreign) >= _FOREIGN_SCRIPT_SHARE * len(letters):
        return "und"
    english = sum(1 for word in words if (word in FUNCTION_WORDS or is_word(word)) and not _is_only_foreign(word))
    best, score = "en", 0.0
    for language, known in _WORDS.items():
        hits = [word for word in words if word in known and word not in _AMBIGUOUS]
        shared = sum(1 for word in words if word in known) - len(hits)
        total = len(hits) + 0.5 * shared if hits else 0.0
        if total > score:
            best, score = language, total
    unknown = sum(1 for word in words if not is_word(word) and not _is_known(word))
    return best if score and score + (0.3 * unknown if score > 1 else 0) > english else "en"


def _is_only_foreign(word: str) -> bool:
    return word not in FUNCTION_WORDS and word not in _AMBIGUOUS and _is_known(word)


def _is_known(word: str) -> bool:
    return any(word in known for known in _WORDS.values())
