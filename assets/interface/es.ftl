# Las palabras de la ventana en español. Tratamiento: usted. Español de uso clínico en los Estados Unidos.
#
# Glosario, para que cada cosa se llame siempre igual:
#   in-basket          bandeja de entrada          queue              lista de mensajes
#   record             registro (todo lo guardado) chart              expediente (del paciente)
#   draft              borrador                    to draft           redactar
#   reply              respuesta                   red flag           señal de alarma
#   finding            hallazgo                    to resolve         resolver
#   sign off           revisión final              sign-off (line)    firma
#   to escalate        derivar                     to discard         descartar
#   to put off         posponer                    pool               grupo
#   disclosure         aviso                       audit              auditoría
#   to lock            bloquear                    passphrase         frase de contraseña
#   break-glass code   código de emergencia        recovery code      código de recuperación
#   sealed             en sobre sellado            keyring            llavero del equipo
#   clinic             clínica                     lead               responsable
#   admin              administrador               auditor            auditor
#   refill             resurtido                   visit              cita
#   preset             tipo de borrador            backup             copia de seguridad

language-name = Español
language-locale = es-US

## La ventana

window-program = Programa
window-import = Importar…
window-models = Modelos
window-settings = Configuración
window-lock = Bloquear ({ $user })
window-report = Informar de un problema
window-commands = Comandos
window-shortcuts = Atajos
keyboard-shortcuts = Atajos de teclado
demo-title = Bandeja de entrada de muestra.
demo-words = Pacientes inventados; no se puede importar nada real y no se guarda nada cuando usted sale. Bloquee para crear un registro propio.
demo-tour = Recorrido
glass-open-title = Acceso de emergencia.
glass-open-words = Todo lo que abra queda en la auditoría con su nombre y su motivo. Bloquee en cuanto termine.
drafting-stopped-title = La redacción se ha detenido.
choose-model = Elegir un modelo
no-model-title = No hay ningún modelo en este equipo.
no-model-words = Las señales de alarma y las comprobaciones funcionan sin él, y las respuestas se escriben a mano. Para tener borradores, elija un archivo de modelo.
queue-unread-title = No se pudo leer la lista de mensajes.
close = Cerrar
cancel = Cancelar
imported = Importación terminada. Guardados: { $stored }. Sin cambios: { $unchanged }. Rechazados: { $rejected }.
imported-why = Por qué se rechazaron datos
welcome-title = Su bandeja de entrada está vacía
welcome-words = Importe mensajes y expedientes: un Bundle de FHIR R4, FHIR NDJSON, CSV o JSON Lines. Suelte archivos en esta ventana o elíjalos. Nada sale de este equipo.
welcome-choose = Elegir archivos…
welcome-sample = Abrir la bandeja de muestra
welcome-sample-words = La muestra contiene pacientes inventados. Sirve para aprender las teclas: presione ? en cualquier momento.
undo-what = { $kind }: { $patient }
undo-closed =
    { $count ->
        [one] 1 mensaje cerrado
       *[other] { $count } mensajes cerrados
    }
undo-this = Deshacer: { $what }
undo-button = Deshacer
undo-more = +30 s
undo-more-this = +30 s: { $what }
undo-left = { $seconds } s
width-queue = Ancho de la lista de mensajes
width-chart = Ancho del expediente
hidden-character = Un carácter que no se ve

## Lo que hace el redactor

engine-none = Sin modelo: las respuestas se escriben a mano
engine-loading = Cargando el modelo…
engine-waiting =
    { $count ->
        [0] Todos los borradores están listos
        [one] 1 mensaje espera un borrador
       *[other] { $count } mensajes esperan borradores
    }
engine-failed = La redacción se ha detenido

## Horas y nombres

age-minutes = { $count } min
age-hours = { $count } h
age-days = { $count } d
later-hours = En dos horas
later-tomorrow = Mañana por la mañana
later-monday = El lunes por la mañana
later-week = En una semana
later-choice = { $label }: { $moment }
patient-days =
    { $count ->
        [one] 1 día
       *[other] { $count } días
    }
patient-months =
    { $count ->
        [one] 1 mes
       *[other] { $count } meses
    }
patient-years =
    { $count ->
        [one] 1 año
       *[other] { $count } años
    }
sex-female = femenino
sex-male = masculino
sex-other = otro
sex-unknown = desconocido
folder-waiting = Por revisar
folder-flags = Señales de alarma
folder-no-draft = Sin borrador
folder-later = Más tarde
folder-done = Resueltos hoy
folder-sent = Enviados hoy
folder-all-done = Resueltos, todos los días
kind-clinical = Pregunta clínica
kind-refill = Resurtido
kind-result = Resultado
kind-form = Formulario
kind-scheduling = Citas
kind-billing = Facturación
kind-thanks = Agradecimiento
urgency-emergency = Señal de alarma
urgency-urgent = Urgente
urgency-routine = De rutina
urgency-none = No requiere respuesta
draft-queued = Borrador pendiente
draft-writing = Escribiendo…
draft-ready = Borrador listo
draft-withheld = Sin borrador
draft-failed = El borrador falló
decision-accepted_unedited = Aceptado
decision-edited = Editado y aceptado
decision-rewritten = Escrito a mano
decision-discarded = Borrador descartado
decision-no_reply_needed = No necesita respuesta
decision-escalated = Derivado
reason-too_long = Demasiado largo
reason-wrong_tone = Tono inadecuado
reason-inaccurate = Un dato es incorrecto
reason-omitted_urgency = Falta la advertencia urgente
reason-omitted_other = Falta algo
reason-missing_context = No tiene en cuenta el expediente
reason-unneeded_appointment = La cita no es necesaria
reason-should_ask_question = Debería preguntar primero
reason-not_my_scope = No me corresponde responder
reason-should_not_draft = No debería redactarse
reason-privacy = Privacidad
reason-bias_stigma = Sesgo o estigma
preset-shorter = Más corto
preset-warmer = Más cálido
preset-plainer = En palabras más sencillas
preset-ask_first = Preguntar primero
preset-spanish = En español
preset-calming = Más sereno
role-clinician = personal clínico
role-lead = responsable
role-admin = administrador
role-auditor = auditor
licence-none = Sin licencia
licence-physician = Médico
licence-advanced_practice = Enfermero de práctica avanzada o asistente médico
licence-nurse = Enfermero
licence-pharmacist = Farmacéutico
licence-other_licensed = Otro profesional con licencia o certificación

## Lo que encontraron las comprobaciones

finding-unsupported = No está en el mensaje ni en el expediente
finding-unsupported-what = La respuesta dice algo que no está ni en el mensaje ni en el expediente.
finding-contradicts_chart = Difiere del expediente
finding-contradicts_chart-what = La respuesta dice algo distinto de lo que consta en el expediente.
finding-allergy_conflict = Alergia
finding-allergy_conflict-what = La respuesta nombra un medicamento al que el expediente registra una alergia.
finding-interaction_hint = Interacción
finding-interaction_hint-what = La respuesta nombra un medicamento que puede ser peligroso con otro del expediente.
finding-promise = Promesa
finding-promise-what = La respuesta promete algo que nadie ha organizado.
finding-unneeded_appointment = Cita no solicitada
finding-unneeded_appointment-what = La respuesta ofrece una cita que el paciente no pidió.
finding-missing_urgent_advice = Falta la advertencia urgente
finding-missing_urgent_advice-what = La respuesta no dice cuándo hay que pedir ayuda de inmediato.
finding-unanswered_question = Pregunta sin responder
finding-unanswered_question-what = La respuesta no contesta una pregunta del paciente.
finding-should_ask = Preguntar primero
finding-should_ask-what = Hay que preguntar algo antes de poder responder.
finding-too_long = Largo
finding-too_long-what = La respuesta es más larga de lo que los pacientes suelen leer.
finding-reading_grade = Difícil de leer
finding-reading_grade-what = La respuesta es más difícil de leer de lo recomendado para pacientes.
finding-stigmatising = Lenguaje
finding-stigmatising-what = La respuesta usa palabras que pueden herir o estigmatizar.
finding-other_patient = Otro nombre
finding-other_patient-what = La respuesta nombra a alguien que no es este paciente.
finding-template_left = Texto de relleno
finding-template_left-what = Quedó un texto de relleno en la respuesta.
finding-wrong_language = Idioma
finding-wrong_language-what = La respuesta no está en el idioma en que escribió el paciente.
finding-injection = Instrucciones en el mensaje
finding-injection-what = El mensaje contiene instrucciones dirigidas a un modelo.
finding-other = Revise aquí
finding-other-what = Vuelva a leer esta parte de la respuesta.
finding-said = { $name }: { $why }

## La lista de mensajes

queue-label = Bandeja de entrada
queue-messages = Mensajes
queue-none-found = Ninguna conversación que se pueda responder contiene estas palabras.
queue-none-filtered = No hay nada con estos filtros.
queue-none-decided = Hoy no se ha decidido nada.
queue-none-done = Todavía no se ha decidido nada.
queue-none-day = No se decidió nada este día.
queue-all-done = Todo listo. Nada espera por usted.
queue-none-later = No hay nada pospuesto.
queue-none = No hay nada aquí.
queue-folder = Carpeta
queue-folder-count = { $folder } ({ $count })
queue-day = Día
queue-search = Buscar en todo
queue-search-hint = Buscar en todo  /
queue-more = Se muestran { $count }, los más recientes. Hay más anteriores.
queue-further = Buscar más atrás
queue-order = Orden
order-urgency = Urgencia
order-newest = Más recientes
order-oldest = Más antiguos
order-done = Último resuelto
order-found = Más parecido
queue-pool = Grupo
queue-all-pools = Todos los grupos
queue-mine = Míos
queue-flags-wait =
    { $count ->
        [one] 1 señal de alarma espera
       *[other] { $count } señales de alarma esperan
    }
queue-close-none =
    { $count ->
        [one] Cerrar 1 que no requiere respuesta…
       *[other] Cerrar { $count } que no requieren respuesta…
    }
no-subject = (sin asunto)
row-by = de { $name }
row-for = para { $name }
row-until = hasta { $moment }
row-done = resuelto { $day }

## El mensaje

review-label = Mensaje y respuesta
review-opening = Abriendo…
review-nothing = No hay nada abierto. Elija un mensaje de la lista.
flag-title = Señal de alarma. Llame al paciente ahora.
flag-words = No se redacta ningún borrador. Si no logra comunicarse, puede enviarse este texto fijo:
flag-fixed = Poner el texto fijo en la respuesta
none-owed-title = No requiere respuesta.
none-owed-what = El mensaje no pide nada.
none-owed-press = Presione { $key } para cerrarlo.
draft-anyway = Redactar de todos modos
template-title = No es una pregunta clínica.
template-what = La clínica tiene un texto propio para los mensajes de este tipo.
template-fixed = Poner el texto de la clínica en la respuesta
urgent-title = Responda hoy.
anger-title = Parece escrito con enojo: “{ $words }”.
anger-asked = Se pidió que el borrador escuchara primero.
anger-press = Presione { $key } para escribir el suyo.
sender-clinic = La clínica
sender-patient = El paciente
quoted-history = Historial citado

## El expediente

chart-label = Expediente
chart-parts = Partes del expediente
chart-born = Fecha de nacimiento: { $date }
chart-bare = No hay expediente de este paciente en el registro. El borrador se basa solo en el mensaje.
chart-none = Nada registrado
chart-to-finding = Al hallazgo que se basa en esto
chart-to-reply = ↵ respuesta
chart-course = { $name }, primero lo más antiguo: { $values }
chart-all = Todo
chart-problems = Problemas
chart-medications = Medicamentos
chart-allergies = Alergias
chart-results = Resultados
chart-visits = Citas
chart-notes = Notas

## La respuesta

reply-label = Respuesta al paciente
reply-soon = El borrador llegará pronto. Ya puede empezar a escribir.
reply-write = Escriba la respuesta.
accept-draft = Aceptar
accept-edited = Aceptar la respuesta editada
accept-reply = Aceptar la respuesta
accept-correction = Enviar la corrección
reply-blank = Empezar en blanco
reply-from-draft = Desde el borrador
reply-compare = Comparar
reply-insert = Insertar
reply-another = Otro borrador
reply-draft-now = Redactar ahora
reply-drafts = Borradores
reply-as = Reescribir…
reply-stop = Detener
reply-none-needed = No necesita respuesta
reply-discard = Descartar
reply-escalate = Derivar
findings-label = Hallazgos en la respuesta
findings-to-resolve =
    { $count ->
        [0] Hallazgos: todos resueltos
        [one] 1 hallazgo por resolver antes de aceptar
       *[other] { $count } hallazgos por resolver antes de aceptar
    }
findings-step = los recorre uno a uno
not-checked-title = No se pudo revisar esta respuesta, y no puede enviarse antes.
not-checked-again = Revisar de nuevo
not-kept-title = Lo que escribe no se guarda. Sigue en la página: cópielo antes de bloquear o cerrar la ventana.
findings-to-line = A esta línea del expediente
findings-chart = Expediente:
findings-checked = Comprobado
findings-check = Lo comprobé
line-writing = Escribiendo el borrador en este equipo…
line-writing-pace = Escribiendo el borrador en este equipo… · { $speed } tokens/s
line-draft-plain = Borrador de { $model }
line-draft = Borrador de { $model } · { $seconds } s · { $speed } tokens/s{ $cut }
line-cut-length = · cortado en el límite de longitud
line-cut-repeat = · cortado donde empezó a repetirse
line-cut-stopped = · detenido por usted
line-queued = El borrador está en espera.
line-no-model = Sin borrador: no hay ningún modelo en marcha.
line-withheld = No hay borrador para este mensaje.
line-failed = No se pudo redactar el borrador.
line-model = SHA-256 del modelo { $hash } · instrucciones { $version }
line-label = Borrador de IA
changes-label = Cambios respecto al borrador
changes-beside = Lado a lado
changes-none = Todavía no hay cambios.
correct-begin = Escribir una corrección
correct-line = Esto se envió y queda como está
correct-write = Escriba lo que corrige la respuesta enviada. Sale como otro mensaje.
correct-leave = Dejarla como se envió
correct-sent = Corregido, { $when }
changes-draft = Borrador
changes-reply = Respuesta

## La revisión final

sign-to = Para:
sign-recorded = · se registra como «{ $kind }»
sign-text = El texto que se envía
sign-disclosure = El primer párrafo es el aviso de la clínica.
sign-findings-label = Los hallazgos y cómo se resolvieron
sign-findings = Hallazgos
sign-checked = usted lo comprobó
sign-hint = una sugerencia que se dejó como está
sign-mended = corregido con su edición
sign-left-out-label = Lo que la respuesta omite
sign-left-out = Omitido
sign-nothing-left-out = No se encontró nada que la respuesta omita.
sign-back = Volver a la respuesta
sign-send = Enviar
sign-undo =
    { $count ->
        [one] Puede deshacerlo durante 1 segundo. Después, una corrección es un mensaje nuevo.
       *[other] Puede deshacerlo durante { $count } segundos. Después, una corrección es un mensaje nuevo.
    }

## Lo que se dice a un lector de pantalla

say-opened = { $patient }: { $subject }. { $urgency }. { $state }.
say-place = { $number } de { $total }.
say-all-resolved = Todos los hallazgos están resueltos.
say-resolve-first =
    { $count ->
        [one] Primero hay que resolver 1 hallazgo. F8 lleva a él.
       *[other] Primero hay que resolver { $count } hallazgos. F8 los recorre uno a uno.
    }
say-decided = { $what }. Presione { $key } para deshacer.
say-decided-no-key = { $what }. Puede deshacerse por un momento.
say-seconds =
    { $count ->
        [one] 1 segundo para deshacer.
       *[other] { $count } segundos para deshacer.
    }
say-undone = Deshecho. El mensaje vuelve a esperar.
say-undone-correction = Deshecho. La corrección no se envía; sus palabras están en el editor.
say-undone-many =
    { $count ->
        [one] Deshecho. 1 mensaje vuelve a esperar.
       *[other] Deshecho. { $count } mensajes vuelven a esperar.
    }
say-nothing-to-undo = Ya no hay nada que deshacer.
say-not-checked = No se pudo revisar la respuesta, así que no puede enviarse. Pulse Revisar de nuevo.
say-undone-newer = Deshecho. Entretanto llegó un mensaje más reciente: léalo antes de responder.
say-flag-stays = Una señal de alarma no se puede posponer.
say-none-waits = No hay abierto ningún mensaje pendiente: abra uno primero.
say-no-pools = No hay grupos entre los que elegir.
say-none-owes-none = En esta lista todos los mensajes esperan una respuesta.
say-put-off = Pospuesto: { $patient }.
say-back = De vuelta en la lista: { $patient }.
say-given-back = Devuelto: { $patient }.
say-yours = Ahora a su cargo: { $patient }.
say-nothing-to-correct = No se ha enviado nada que corregir: deshágalo mientras se pueda, o responda al mensaje.
say-given = Entregado a { $name }: { $patient }.
say-closed =
    { $count ->
        [one] 1 mensaje cerrado: no requiere respuesta.
       *[other] { $count } mensajes cerrados: no requieren respuesta.
    }
say-draft-writing = Se está escribiendo el borrador.
say-draft-ready = El borrador está listo.
say-draft-failed = No se pudo redactar el borrador.
say-thanks = Gracias. Esto mejora los próximos borradores.
say-reported = Informe registrado con el número { $number }.

## Comandos

command-next = Mensaje siguiente
command-previous = Mensaje anterior
command-edit = Editar la respuesta
command-sign-off = Revisión final: muestra lo que se envía; otra vez lo envía
command-blank = Empezar en blanco
command-draft = Empezar de nuevo desde el borrador
command-compare = Comparar con el borrador
command-finding = Hallazgo siguiente en la respuesta; Enter indica que usted lo comprobó
command-insert = Insertar una línea o un dato del expediente
command-close = No necesita respuesta
command-discard = Descartar el borrador
command-escalate = Derivar
command-later = Más tarde: posponer o traer de vuelta
command-mine = Mío: hacerse cargo o devolver
command-give = Entregar a alguien
command-correct = Escribir una corrección de lo enviado
command-fixed = Poner el texto fijo de la clínica en la respuesta
command-another = Redactar otro borrador
command-preset = Otro borrador, de un tipo determinado
command-variants = Borradores lado a lado
command-draft-as = Borrador: { $preset }
command-leave = Salir del editor; detener un borrador; cerrar un diálogo
command-undo = Deshacer la última decisión
command-time = Más tiempo para deshacer
command-search = Buscar
command-palette = Todos los comandos, por su nombre
command-safety = Informar de un problema de seguridad
command-further = Buscar más atrás
command-line = Poner en la respuesta: { $line }
command-import = Importar archivos
command-models = Modelos
command-settings = Configuración
command-tour = Recorrido por la ventana
command-lock = Bloquear
command-order-urgency = Orden: lo más urgente primero
command-order-newest = Orden: lo más nuevo primero
command-order-oldest = Orden: lo más antiguo primero
command-pool = Elegir un grupo
command-only-mine = Solo los míos, o todos otra vez
command-close-none = Cerrar aquí todo lo que no requiere respuesta
command-beside = Comparar borrador y respuesta lado a lado
command-chart = Expediente: { $heading }
command-help = Atajos de teclado
command-folder = Carpeta: { $folder }
palette-label = Escriba un comando
palette-none = Ningún comando contiene estas palabras.
insert-label = Una línea o un dato del expediente
insert-none = Ninguna línea ni dato contiene estas palabras.
insert-words = Se inserta donde está el cursor. Las líneas se cambian en Configuración.
insert-line = línea

## Diálogos

dialog-discard = ¿Por qué descartar el borrador?
dialog-sign-off = Revisión final
dialog-palette = Comandos
dialog-presets = Otro borrador
dialog-escalate = Derivar a
dialog-close-flag = ¿Cerrar una señal de alarma sin respuesta?
dialog-close-none = ¿Cerrar lo que no requiere respuesta?
dialog-later = Posponer hasta
dialog-give = Entregar a
dialog-insert = Insertar
dialog-drafts = Borradores lado a lado
dialog-safety = Informar de un problema de seguridad
dialog-settings = Configuración
dialog-people = Personas
dialog-passphrase = Su frase de contraseña
dialog-models = Modelos de este equipo
discard-words = Basta un motivo. Mejora los próximos borradores.
discard-keep = Conservar el borrador
discard-confirm = Descartar
escalate-who = Persona o grupo que debe actuar
escalate-on-call = Personal clínico de guardia
escalate-nurse = Enfermería de triaje
escalate-desk = Recepción
escalate-billing = Facturación
escalate-words = El mensaje sale de su lista y la derivación queda registrada. Este programa no avisa a nadie: llame ahora a quien deba actuar.
escalate-confirm = Derivar
close-flag-words = Ciérrela solo si se logró hablar con el paciente o si otra persona se ha hecho cargo. Si alguien todavía debe actuar, derive el mensaje.
close-flag-keep = Dejarla abierta
close-flag-confirm = Se habló con el paciente: cerrarla
close-none-words =
    { $count ->
        [one] 1 mensaje de esta carpeta solo da las gracias o es para su información. Se cierra sin respuesta y queda registrado a su nombre.
       *[other] { $count } mensajes de esta carpeta solo dan las gracias o son para su información. Cada uno se cierra sin respuesta y queda registrado a su nombre.
    }
close-none-keep = Dejarlos abiertos
close-none-confirm = Cerrar { $count }
presets-words = Se redacta a partir del mismo mensaje y expediente. Lo que usted escribió se conserva: { $draft } trae el borrador nuevo.
later-another = Otro momento
later-confirm = Posponer
later-words = Sale de la lista y vuelve por sí solo, o de inmediato si el paciente escribe de nuevo. { $later } lo trae de vuelta antes.
give-label = Nombres
give-none = Nadie con ese nombre responde mensajes aquí.
give-words = Quien tiene un mensaje lo encuentra bajo su nombre en la lista. Los demás lo siguen viendo.
give-has = lo tiene ahora
give-me = usted
give-nobody = Nadie: devolverlo
variant-label = Borrador { $number }
variant-words =
    { $count ->
        [one] 1 palabra · { $speed } tokens/s
       *[other] { $count } palabras · { $speed } tokens/s
    }
variant-use = Usar este
variant-none = Todavía no hay ningún borrador de este mensaje.
variant-writing = Se está escribiendo otro…
variant-make = Redactar otro
variants-words = Se muestran los tres más recientes; todos quedan en el registro.
keys-one = Una letra o un signo. Los números dicen qué tal fue un borrador.
keys-taken = { $letter } ya está en uso: { $command }. Dé primero otra letra a ese comando.
keys-set = Ahora es { $letter }.
keys-none = Ahora no tiene letra.
keys-letter-for = Letra para: { $command }
keys-words = Las letras sueltas no actúan mientras usted escribe y se pueden desactivar en Configuración.
keys-built = Todas las letras son las originales.
keys-reset = Restablecer
keys-change = Cambiar letras
models-get = Los modelos funcionan solo en este equipo. Obtenga uno con { $command } o importe un archivo GGUF.
models-importing = Eligiendo y leyendo un archivo…
models-copying = Copiando el archivo…
models-verifying = Comprobando la copia…
models-import = Importar un archivo GGUF…
models-reading = Leyendo el archivo…
models-trying = Cargándolo y escribiendo una respuesta…
models-line = { $architecture } · { $size } MB · { $licence }
models-tests-only = · solo para pruebas
models-speed = En este equipo: cargado en { $load } s, primera palabra a los { $first } s, una respuesta en { $reply } s, { $speed } tokens/s.
models-details = Detalles
models-try = Probar su velocidad
models-use = Usar
models-not-here = no está aquí
models-memory = Memoria que necesita
models-memory-words = { $needed } MB, de { $free } MB libres ahora
models-context = Contexto
models-context-words = { $count } tokens
models-may-draft = Puede redactar aquí
models-may = sí
models-may-not = no: no está en la lista de modelos conocidos y nadie lo autorizó
models-tight = Necesita más memoria de la que está libre. Cierre otros programas o elija un modelo más pequeño.
safety-no-message = No hay ningún mensaje abierto: se guardan solo sus palabras, en este equipo.
safety-told = El problema quedó registrado con el número { $number }. Lo leerá la persona responsable de las revisiones.
safety-words = Para un borrador o una alerta que podría dañar a alguien: una emergencia que se pasó por alto, un dato inventado, una dosis equivocada. Si este paciente necesita ayuda ahora, llámelo primero.
safety-what = ¿Qué está mal?
safety-kept = Se guarda con el informe, en este equipo: el mensaje, el borrador, lo que usted tiene en el editor, el modelo y su hash, las instrucciones y su semilla.
safety-kept-no-draft = Se guarda con el informe, en este equipo: el mensaje y lo que usted tiene en el editor. No hay borrador.
safety-send = Informar

## Configuración

settings-look = Apariencia
settings-language = Idioma
settings-language-system = Como el sistema
settings-theme = Colores
theme-system = Como el sistema
theme-light = Claro
theme-dark = Oscuro
settings-type-size = Tamaño de letra
settings-density = Densidad
density-comfortable = Cómoda
density-compact = Compacta
settings-single-keys = Atajos de una sola letra
settings-replies = Respuestas
settings-sign-off = Firma al pie de cada borrador
settings-undo = Segundos para deshacer (de 5 a 30)
settings-ask = Preguntar qué tal fue el borrador
settings-threads = Hilos para redactar (0 para todos los núcleos)
settings-lines = Líneas para insertar, una por renglón
settings-clinic = Esta clínica
settings-lock = Minutos sin uso hasta el bloqueo (de 1 a 60)
settings-disclosure = Aviso en las respuestas que empezaron como borrador
disclosure-none = Ninguno
disclosure-california = California (AB 3030)
disclosure-texas = Texas (HB 149, SB 1188)
settings-contact = Cómo se comunica un paciente con una persona (final del aviso)
settings-accounts = Cuentas
settings-passphrase = Su frase de contraseña…
settings-people = Personas…
settings-keyring = El llavero de este equipo puede abrir el registro
settings-rules = Reglas de triaje propias de la clínica
settings-watched = Carpeta vigilada
settings-record = Registro
settings-backups = Carpeta para copias de seguridad
settings-backup-now = Una copia de seguridad ahora
settings-backup-days = Días entre una copia de seguridad y la siguiente (de 1 a 31)
settings-backups-kept = Copias de seguridad que se conservan (de 2 a 100)
settings-audit = Carpeta para el cierre diario de la auditoría
settings-about = Esta instalación
about-version = Versión
about-record = Registro
about-models = Modelos
about-logs = Diagnóstico
log-none = No se ha escrito nada desde que se inició el programa.
log-read = Leer de nuevo
log-copy = Copiar
log-copied = Copiado.
log-not-copied = No se pudo copiar. Seleccione las líneas y cópielas con el teclado.
lines-label = Líneas para la respuesta
say-no-further = No hay nada más atrás.
about-logs-words = Las últimas líneas, sin texto de pacientes. También van a la salida de error estándar: inicie con COUNTERSIGN_LOG=info para tener más.
about-reset = Restablecer lo que usted eligió…
about-reset-words = Idioma, colores, tamaño de letra, densidad y anchos, todas las letras que usted dio a los comandos y si las letras sueltas actúan, segundos para deshacer, la pregunta sobre los borradores, hilos y descarga del modelo vuelven a como venían. Su firma y lo que es de la clínica se conservan.
about-reset-lines =
    { $count ->
        [one] Borrar también mi línea para respuestas
       *[other] Borrar también mis { $count } líneas para respuestas
    }
about-reset-keep = Dejarlo como está
about-reset-button = Restablecer
backup-writing = Escribiendo…
backup-written = Escrita y comprobada.
backup-button = Hacer copia
folder-is-none = ninguna
folder-choose = Elegir…
folder-clear = Ninguna
folder-clear-label = { $label }: ninguna
folder-choose-watched = Elegir la carpeta vigilada
folder-choose-backups = Elegir la carpeta para copias de seguridad
folder-choose-audit = Elegir la carpeta para el cierre diario de la auditoría
rules-none = ninguna
rules-count =
    { $count ->
        [0] solo textos fijos
        [one] 1 regla
       *[other] { $count } reglas
    }
rules-remove = Quitar

## Antes de abrir el registro

entry-encrypting = Cifrando…
entry-opening = Abriendo…
entry-language = Idioma
lock-title = Countersign está bloqueado
lock-flags =
    { $count ->
        [one] 1 señal de alarma espera detrás de este bloqueo. Desbloquee ahora o llame al personal clínico de guardia.
       *[other] { $count } señales de alarma esperan detrás de este bloqueo. Desbloquee ahora o llame al personal clínico de guardia.
    }
lock-name = Nombre
lock-code = Código en sobre sellado
lock-reason = ¿Por qué necesita el registro ahora?
lock-passphrase = Frase de contraseña
lock-glass-words = El acceso de emergencia queda en la auditoría con su nombre y su motivo, y la clínica revisa cada uno.
lock-use-passphrase = Usar una frase de contraseña
lock-glass = Acceso de emergencia…
lock-keyring = Usar el llavero de este equipo
lock-unlock = Desbloquear
first-title = Cree su registro
first-words = Los mensajes, los expedientes y las decisiones se guardan en este equipo, cifrados. Usted es su primer administrador. No hay forma de entrar sin una frase de contraseña o un código: tampoco para nosotros.
first-plain = Aquí está el registro de una versión anterior. Se conserva tal como está y se cifra ahora.
first-name = Su nombre para iniciar sesión
first-licence = Su licencia
first-passphrase = Frase de contraseña, de 10 caracteres o más
first-again = Una vez más
first-differ = Las dos frases de contraseña no coinciden.
first-sample = Probar la bandeja de muestra
first-make = Crear el registro
first-sample-words = La muestra contiene pacientes inventados, no necesita cuenta y no guarda nada.
codes-paper = En papel, separados uno del otro y de este equipo. No se volverán a mostrar.
codes-recovery = Código de recuperación
codes-recovery-words = Reemplaza una frase de contraseña olvidada.
codes-glass = Código de emergencia
codes-glass-words = Abre el registro en una emergencia. Guárdelo en un sobre sellado; cada uso queda en la auditoría.
codes-title = Anote ahora los dos códigos
codes-noted = He anotado los dos
codes-begin = Comenzar

## Personas

people-remove = Quitar
people-remove-label = Quitar a { $user }
people-line = { $role } · { $licence }
people-name = Nombre
people-role = Función
people-licence = Licencia
people-first = Primera frase de contraseña
people-add = Agregar
people-codes = Códigos de recuperación y de emergencia
people-codes-ask = Crear códigos nuevos…
people-codes-words = Los dos códigos anteriores dejan de abrir el registro, también el del sobre sellado. Tenga papel a mano.
people-codes-keep = Conservar los anteriores
people-codes-make = Crear códigos nuevos
passphrase-changed = Su frase de contraseña se ha cambiado.
passphrase-old = Su frase de contraseña
passphrase-new = Una nueva
passphrase-change = Cambiarla
keyring-opens = El llavero de este equipo ya le abre el registro.
keyring-forgot = Ya no guarda nada suyo.
keyring-title = El llavero de este equipo
keyring-words = Puede abrir el registro después de un inicio, para quien tenga abierta en este equipo la sesión de usted. Su frase de contraseña siempre lo abre.
keyring-shut = La clínica no lo ha permitido (Configuración).
keyring-forget = Retirar el permiso
keyring-let = Permitir que abra el registro

## Qué tal fue el borrador

feedback-title = ¿Qué tal fue el borrador para { $patient }?
feedback-keys = Teclas del 1 al 5; o siga adelante.
feedback-star = { $number } de 5
feedback-skip = Omitir
feedback-more = Motivos…
feedback-keep = Guardar los motivos

## El recorrido

tour-place = Recorrido, { $number } de { $count }
tour-queue = Su bandeja de entrada
tour-queue-words = { $next } y { $previous } pasan de un mensaje a otro. Las señales de alarma están arriba en todas las carpetas, y ningún modelo las responde.
tour-reading = Primero el mensaje
tour-reading-words = Lea lo que escribió el paciente. Las palabras que lo hacen urgente están marcadas, con el motivo arriba.
tour-editor = El borrador es un borrador
tour-editor-words = { $edit } entra en la respuesta, { $blank } empieza en blanco. Lo que no está en el mensaje ni en el expediente aparece subrayado: F8 va de un hallazgo a otro.
tour-chart = El expediente al lado
tour-chart-words = Aquí se marca aquello en lo que se basa un hallazgo. { $insert } pone en la respuesta una línea o un dato del expediente.
tour-accept = Usted decide
tour-accept-words = Ctrl+Enter muestra qué se envía y a quién, y otra vez lo envía. { $undo } lo deshace mientras corre el tiempo. { $help } muestra todas las teclas.
tour-end = Terminar el recorrido
tour-back = Atrás
tour-done = Listo
tour-next = Siguiente

## Lo que salió mal, por su código

failure-io = No se pudo leer o escribir un archivo. Compruebe que el lugar existe y tiene espacio, e inténtelo de nuevo.
failure-malformed = Un archivo no tiene el formato que dice tener. Pida que lo exporten de nuevo e inténtelo otra vez.
failure-unknown_format = Countersign no lee este formato. Elija un archivo FHIR, CSV o JSON Lines.
failure-not_found = Lo que se pidió no está aquí. Vuelva a la lista y elija de nuevo.
failure-conflict = Esto no se puede hacer tal como están las cosas ahora. Revise de nuevo el mensaje antes de seguir.
failure-incomplete = Falta algo o no se admite algo de lo que se introdujo. Complételo e inténtelo de nuevo.
failure-no_model = No hay ningún modelo en este equipo. Elija uno en Modelos o escriba a mano.
failure-model_hash = El archivo del modelo no es el que debería ser. Obténgalo de nuevo.
failure-model_truncated = El archivo del modelo termina demasiado pronto. Obténgalo de nuevo.
failure-model_malformed = El archivo del modelo está dañado o no respeta su formato. Elija otro.
failure-model_architecture = Countersign no ejecuta modelos de esta arquitectura. Elija otro.
failure-model_tokenizer = Countersign no conoce el tokenizador de este modelo. Elija otro.
failure-model_memory = El modelo necesita más memoria de la que está libre. Cierre otros programas o elija un modelo más pequeño.
failure-prompt_too_long = El mensaje y el expediente son demasiado largos para este modelo. Escriba la respuesta a mano.
failure-drafter = El redactor se detuvo. Pida el borrador de nuevo o escriba a mano.
failure-stopped = Se detuvo. Empiece de nuevo cuando quiera.
failure-fetch = No se pudo descargar el modelo. Compruebe que este equipo puede llegar a su origen e inténtelo de nuevo.
failure-record = No se pudo leer o escribir el registro. Cierre otros programas que lo usen; si continúa, avise a un administrador.
failure-audit = La auditoría no es íntegra. Avise a un administrador antes de seguir trabajando.
failure-locked = El registro está bloqueado. Desbloquéelo primero.
failure-no_record = Todavía no hay ningún registro aquí. Cree uno primero.
failure-unlock = El registro no se abrió. Revise el nombre y la frase de contraseña o el código, e inténtelo de nuevo.
failure-throttled = Demasiados intentos fallidos. Espere un momento e inténtelo de nuevo.
failure-keys = Las llaves del registro no están en orden. No se cambió nada; avise a un administrador.
failure-keyring = No se puede usar el llavero de este equipo. Use su frase de contraseña; siempre abre el registro.
failure-forbidden = Su función no lo permite. Pídaselo a un administrador.
failure-in_use = El registro está abierto en otro programa. Ciérrelo allí primero.
failure-internal = Algo falló en el propio Countersign. Su texto sigue aquí; inténtelo de nuevo.

## Lo que se apoya en el expediente, y ambos en breve

command-fact = Siguiente dato del expediente en la respuesta
command-summary = Conversación y expediente en breve
chart-used = En la respuesta
chart-to-words = Ir a las palabras de la respuesta que se apoyan en esto
say-no-facts = Nada en la respuesta se apoya en el expediente.
say-fact = { $words }: { $line }
dialog-summary = En breve
summary-thread-title = Conversación
summary-chart-title = Expediente
summary-words = Tomado palabra por palabra de la conversación y del expediente; no se consultó ningún modelo. Lo que falta aquí puede estar en ellos.
summary-to-chart = Ir al expediente
summary-to-message = Ir al mensaje
summary-to-first = Ir al primer mensaje
summary-problems = Problemas activos: { $words }
summary-medications = Toma: { $words }
summary-allergies = Alergias: { $words }
summary-result = Resultado: { $words }
summary-trend = { $name }: { $first } el { $since }, { $last } el { $on }
summary-last-visit = Última visita: { $words }
summary-next-visit = Próxima visita: { $words }
summary-thread =
    { $messages ->
        [one] 1 mensaje
       *[other] { $messages } mensajes
    } y { $replies ->
        [0] ninguna respuesta
        [one] 1 respuesta
       *[other] { $replies } respuestas
    }, del { $since } al { $last }
summary-answered = La clínica escribió el { $when }: «{ $words }»
summary-flagged = Palabras urgentes: «{ $words }»
summary-more =
    { $count ->
        [one] y 1 más
       *[other] y { $count } más
    }
summary-asked = Pregunta: «{ $words }»
summary-told = Escribe: «{ $words }»

## Práctica

command-training = Entrenamiento: mensajes de práctica, cada uno con un error
command-training-end = Terminar el entrenamiento
command-results = Sus resultados en la práctica
training-place = Entrenamiento, { $number } de { $of }.
training-words = El paciente es inventado y no se envía nada. El borrador contiene un error: decida como lo haría normalmente.
training-end = Terminar el entrenamiento
dialog-practised = Práctica
practised-caught = Usted evitó que el error llegara al paciente.
practised-missed = El error habría llegado al paciente.
practised-training = Esto fue un entrenamiento. No se envió nada.
practised-seeded = Este era un mensaje de práctica: el paciente es inventado y no se envió nada. Solo usted sabe cómo le fue.
practised-error = El error
practised-why = Qué estaba mal
practised-source = Se apoya en
practised-on = Continuar
dialog-results = Sus resultados en la práctica
results-none = Todavía no ha practicado.
results-seeded = Entre mensajes reales
results-training = En el entrenamiento
results-by-kind = Por tipo de error
results-tally = { $caught } de { $shown } detectados
results-words = Solo usted ve esto.
results-train = Empezar el entrenamiento
settings-practice = Un mensaje de práctica por cada tantas decisiones (0 para ninguno; si no, de 10 a 500)
settings-unload = Minutos sin borradores hasta que el modelo deja la memoria (0 para nunca)
models-default = Predeterminado aquí
engine-resting = El modelo descansa hasta que un mensaje lo necesite
entry-attachments = Archivos adjuntos, que aquí no se abren
