"""Hints for findings: why something is refused and what to write instead, in Turkish and English."""

from __future__ import annotations

from typing import Final

REASONS: Final[dict[str, tuple[str, str]]] = {
    "underscore": (
        "Alt çizgiyle başlayan adlar Python'un iç yapısına ulaşır; betiklerde kullanılamaz.",
        "Names that begin with an underscore reach into Python itself; scripts may not use them.",
    ),
    "builtin": (
        "Bu ad bir betikte ne okunabilir ne de yeniden tanımlanabilir; değişkene başka bir ad verin.",
        "A script may neither read nor redefine this name; call your variable something else.",
    ),
    "import": (
        "Yalnızca FreeCAD, Part, PartDesign, Sketcher, Draft, Import, Mesh, math ve numpy içe aktarılabilir.",
        "Only FreeCAD, Part, PartDesign, Sketcher, Draft, Import, Mesh, math and numpy may be imported.",
    ),
    "internal": (
        "Bu öznitelik Python'un iç yapısına ulaşır; betiklerde kullanılamaz.",
        "This attribute reaches into Python itself; scripts may not use it.",
    ),
    "format": (
        "Metinleri “format” yerine f-string ile oluşturun: f'{deger:.2f}'.",
        "Make texts with f-strings instead of “format”: f'{value:.2f}'.",
    ),
    "star": (
        "Yıldızlı içe aktarma yerine kullandığınız adları tek tek yazın.",
        "Instead of a star import, list the names that you use.",
    ),
    "member": (
        "Bu işlev vardır, ama betiklere kapalıdır: dosya, ağ, ayar veya oturuma dokunur.",
        "This function exists but is closed to scripts: it touches files, network, settings or the session.",
    ),
    "file": (
        "Betik dosya okuyup yazmaz; çıktılar istekteki “exports” alanından üretilir.",
        "A script reads and writes no files; outputs are made from the request's “exports”.",
    ),
    "numpy": (
        "numpy'nin yalnızca sayısal dizi işlevleri kullanılabilir (array, linspace, sqrt, sin, …).",
        "Of numpy only numeric array functions may be used (array, linspace, sqrt, sin, …).",
    ),
    "module_value": (
        "Bir modül değişkene, listeye veya işleve verilemez; doğrudan “Modül.ad” biçiminde kullanın.",
        "A module may not be put into a variable, a list or a call; use it directly as “Module.name”.",
    ),
    "rebound": (
        "İçe aktarılan bir ad yeniden tanımlanamaz; değişkene başka bir ad verin.",
        "An imported name may not be redefined; call your variable something else.",
    ),
    "statement": (
        "Bu deyim betiklerde kapalıdır; işlevler, döngüler ve atamalarla yazın.",
        "This kind of statement is closed to scripts; write it with functions, loops and assignments.",
    ),
    "call_only": (
        "Bu yöntem yalnızca doğrudan çağrılabilir; bir değişkene ya da başka bir işleve verilemez.",
        "This method may only be called directly, not put into a variable or handed to another function.",
    ),
    "dynamic": (
        "Bu değeri betikte düz metin olarak yazın; çalışırken oluşturulan bir değer denetlenemez.",
        "Write this value as plain text in the script; one that is made while running cannot be checked.",
    ),
    "object_kind": (
        "Bu nesne türü betiklere kapalıdır: Python kodu taşır ya da dosya okur.",
        "This kind of object is closed to scripts: it carries Python code or reads files.",
    ),
    "extra_arguments": (
        "Yalnızca tür ve ad verin; Python nesnesi (Proxy) bağlanamaz.",
        "Give the kind and the name only; no Python object (proxy) may be attached.",
    ),
    "property_kind": (
        "Bu özellik türü eklenemez; uzunluk, açı, sayı, metin veya bağlantı türlerini kullanın.",
        "A property of this kind may not be added; use lengths, angles, numbers, texts or links.",
    ),
    "expression": (
        "İfadelerde yalnızca sayılar, aynı belgedeki adlar, + - * / ^ ve işlevler olabilir.",
        "Expressions may hold numbers, names of the same document, + - * / ^ and functions only.",
    ),
    "huge": (
        "Sonucu çok büyük olan işlemi küçültün.",
        "Make this operation smaller; its result would be huge.",
    ),
    "unicode": (
        "Adlarda Latin harfleri (Türkçe de), rakam ve alt çizgi kullanın; görünmez işaret bırakmayın.",
        "Use Latin letters (Turkish ones too), digits and underscores in names, and no invisible characters.",
    ),
    "coding": (
        "Betik UTF-8'dir; “coding” satırını kaldırın.",
        "The script is UTF-8; remove the “coding” line.",
    ),
    "text": (
        "Metinlerde “__ad__” biçimindeki iç adlara yer verilemez.",
        "Texts may not hold internal names of the form “__name__”.",
    ),
    "unbound": (
        "Bu ad tanımlanmamış: önce bir değer verin ya da modülünü içe aktarın.",
        "This name is not defined: give it a value first, or import its module.",
    ),
    "gui": (
        "Model ekransız üretilir; görünüm nesneleri yoktur. Bu satırı kaldırın.",
        "The model is made without a screen; there are no view objects. Remove this line.",
    ),
    "complex": (
        "Betiği kısaltın veya iç içe geçmiş ifadeleri ayrı satırlara bölün.",
        "Shorten the script, or split deeply nested expressions into lines of their own.",
    ),
    "unit_unread": (
        "Birimi ya ad sonekiyle (_cm, _inch) ya da satır sonunda tek başına “# cm” biçiminde yazın.",
        "Write the unit as a suffix of the name (_cm, _inch) or alone at the end of the line as “# cm”.",
    ),
    "unit_kept": (
        "Değer elle çevrilmiş ya da çevrilemeyen bir işlemde; olduğu gibi bırakıldı.",
        "The value is converted by hand, or used where it cannot be converted; it was left alone.",
    ),
}
"""By reason: the Turkish and the English hint."""
