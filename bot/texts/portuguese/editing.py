"""Changing and deleting recorded trades, one more fill of one."""

from typing import Final

EDITING: Final = {
    "button.delete": "Apagar",
    "which.title.edit": "Qual operação quer mudar?",
    "which.title.delete": "Qual operação quer apagar?",
    "which.how.edit": "Toque no número, ou diga de uma vez: /edit 1 exit 18295",
    "which.how.delete": "Toque no número, ou escreva: /delete 1",
    "edit.unclear": "Não achei aí nenhuma mudança de {trade}. Diga o que é diferente, por exemplo: saída 18295",
    "edit.gone": "Essa operação não está mais no seu diário, nada mudou. /trades mostra o que há.",
    "edit.needed": "{name}: sem isso {trade} não seria uma operação. Diga o que era, ou exclua-a com /delete.",
    "edit.reopened": "Aberta de novo, sem resultado até você fechá-la.",
    "unchanged": "{trade} já está registrada assim, nada muda.",
    "changed_since.edit": "{trade} mudou desde que perguntei. Nada foi salvo, olhe de novo:",
    "confirm.title.delete": "Apagar esta operação?",
    "confirm.delete": "Apagar {trade}",
    "delete.what": "Os gráficos e veredictos vão junto. /undo traz de volta.",
    "trade_deleted.title": "Apagada",
    "undone.delete": "De volta ao seu diário: {trade}",
    "redone.delete": "Apagada de novo: {trade}",
    "which_recorded": "De qual operação é isso? Responda à mensagem dela, ou diga o número em /trades, por exemplo: "
    "/add 1 2 @ 18240",
    "fill.unclear": "Não achei aí tamanho e preço. Exemplo: {example}",
    "fill.parts": "Uma parte de {trade} já está fechada, então não pode mais crescer. Registre o que foi adicionado "
    "como outra operação.",
    "fill.no_size": "Não sei o tamanho de {trade}, então não posso fazer a média. Diga antes: size 2",
    "fill.no_fill_size": "Quantos foram? Diga com o preço, por exemplo: {example}",
    "fill.no_price": "Não sei o preço de {trade}, então não posso fazer a média. Diga antes: entry 18250",
    "fill.no_rest": "Onde saiu o resto de {trade}? Diga antes a saída: exit 18290",
    "fill.too_much": "{size} é mais do que {trade} era. Se era maior, diga antes: size {size}",
    "photo.how": "Envie a própria imagem, e com ela as palavras: for 1. O número é o da operação em /trades.",
}
