# The words of the window in English: the language that the others are translated from.
#
# To add a language: copy this file to its code (`fr.ftl`), translate what is right of each `=`, and add one line
# with the code to `ALL` in `src-ui/src/language/mod.rs`. The tests then say what is missing. The format is Fluent
# (https://projectfluent.org): what is in braces stays as it is, and where a number is counted, give the forms
# that your language has (`[one]`, `*[other]`, others as CLDR names them).
#
# What the model and patients write, and what rules and the clinic say, is never translated.

language-name = English
# The locale of dates and times.
language-locale = en-US

## The window

window-program = Program
window-import = Import…
window-models = Models
window-settings = Settings
window-lock = Lock ({ $user })
window-report = Report a problem
window-commands = Commands
window-shortcuts = Shortcuts
keyboard-shortcuts = Keyboard shortcuts
demo-title = Sample in-basket.
demo-words = Invented patients; nothing real can be imported, and nothing is kept when you leave. Lock to make a record of your own.
demo-tour = Tour
glass-open-title = Emergency access.
glass-open-words = Everything you open is on the audit under your name and reason. Lock as soon as you are done.
drafting-stopped-title = Drafting has stopped.
choose-model = Choose a model
no-model-title = There is no model on this machine.
no-model-words = Red flags and checks work without one, and replies are written by hand. To have drafts, choose a model file.
queue-unread-title = The queue could not be read.
close = Close
cancel = Cancel
imported = Imported: { $stored } stored, { $unchanged } unchanged, { $rejected } rejected.
imported-why = Why records were rejected
welcome-title = Your in-basket is empty
welcome-words = Import messages and charts: a FHIR R4 Bundle, FHIR NDJSON, CSV or JSON Lines. Drop files on this window, or choose them. Nothing leaves this machine.
welcome-choose = Choose files…
welcome-sample = Open the sample in-basket
welcome-sample-words = The sample holds invented patients. It is a good place to learn the keys: press ? at any time.
undo-what = { $kind }: { $patient }
undo-closed =
    { $count ->
        [one] 1 message closed
       *[other] { $count } messages closed
    }
undo-this = Undo: { $what }
undo-button = Undo
undo-more = +30 s
undo-more-this = +30 s: { $what }
undo-left = { $seconds } s
width-queue = Width of the queue
width-chart = Width of the chart
hidden-character = A character that cannot be seen

## What the drafter does

engine-none = No model: replies are written by hand
engine-loading = Loading the model…
engine-waiting =
    { $count ->
        [0] All drafts are ready
        [one] 1 message waits for a draft
       *[other] { $count } messages wait for drafts
    }
engine-failed = Drafting has stopped

## Times and names

age-minutes = { $count } min
age-hours = { $count } h
age-days = { $count } d
later-hours = In two hours
later-tomorrow = Tomorrow morning
later-monday = Monday morning
later-week = In a week
later-choice = { $label }, { $moment }
patient-days =
    { $count ->
        [one] 1 day
       *[other] { $count } days
    }
patient-months =
    { $count ->
        [one] 1 month
       *[other] { $count } months
    }
patient-years =
    { $count ->
        [one] 1 year
       *[other] { $count } years
    }
sex-female = female
sex-male = male
sex-other = other
sex-unknown = unknown
folder-waiting = Needs review
folder-flags = Red flags
folder-no-draft = No draft
folder-later = Later
folder-done = Done today
folder-sent = Sent today
folder-all-done = Done, all days
kind-clinical = Clinical question
kind-refill = Refill
kind-result = Result
kind-form = Form
kind-scheduling = Scheduling
kind-billing = Billing
kind-thanks = Thanks
urgency-emergency = Red flag
urgency-urgent = Urgent
urgency-routine = Routine
urgency-none = No reply owed
draft-queued = Draft to come
draft-writing = Writing…
draft-ready = Draft ready
draft-withheld = No draft
draft-failed = Draft failed
decision-accepted_unedited = Accepted
decision-edited = Edited and accepted
decision-rewritten = Written by hand
decision-discarded = Draft discarded
decision-no_reply_needed = No reply needed
decision-escalated = Escalated
reason-too_long = Too long
reason-wrong_tone = Wrong tone
reason-inaccurate = A fact is wrong
reason-omitted_urgency = Urgent advice missing
reason-omitted_other = Something is missing
reason-missing_context = Ignores the chart
reason-unneeded_appointment = Visit not needed
reason-should_ask_question = Should ask first
reason-not_my_scope = Not mine to answer
reason-should_not_draft = Should not be drafted
reason-privacy = Privacy
reason-bias_stigma = Bias or stigma
preset-shorter = Shorter
preset-warmer = Warmer
preset-plainer = In plainer words
preset-ask_first = Ask first
preset-spanish = In Spanish
preset-calming = Calming
role-clinician = clinician
role-lead = lead
role-admin = admin
role-auditor = auditor
licence-none = No licence
licence-physician = Physician
licence-advanced_practice = Nurse practitioner or physician assistant
licence-nurse = Nurse
licence-pharmacist = Pharmacist
licence-other_licensed = Other licensed or certified provider

## What the checks found: the name of each kind, and what it means where the reason itself is in English

finding-unsupported = Not in message or chart
finding-unsupported-what = The reply says something that is neither in the message nor in the chart.
finding-contradicts_chart = Differs from the chart
finding-contradicts_chart-what = The reply says something else than the chart.
finding-allergy_conflict = Allergy
finding-allergy_conflict-what = The reply names a drug against which the chart has an allergy.
finding-interaction_hint = Interaction
finding-interaction_hint-what = The reply names a drug that may be dangerous with another of the chart.
finding-promise = Promise
finding-promise-what = The reply promises something that nobody has arranged.
finding-unneeded_appointment = Visit not asked for
finding-unneeded_appointment-what = The reply offers a visit that the patient did not ask for.
finding-missing_urgent_advice = Urgent advice missing
finding-missing_urgent_advice-what = The reply does not say when to call for help at once.
finding-unanswered_question = Question not answered
finding-unanswered_question-what = The reply does not answer a question of the patient.
finding-should_ask = Ask first
finding-should_ask-what = Something has to be asked before this can be answered.
finding-too_long = Long
finding-too_long-what = The reply is longer than patients read.
finding-reading_grade = Hard to read
finding-reading_grade-what = The reply is harder to read than is recommended for patients.
finding-stigmatising = Wording
finding-stigmatising-what = The reply uses words that may hurt or stigmatise.
finding-other_patient = Another name
finding-other_patient-what = The reply names somebody who is not this patient.
finding-template_left = Placeholder
finding-template_left-what = A placeholder was left in the reply.
finding-wrong_language = Language
finding-wrong_language-what = The reply is not in the language that the patient wrote in.
finding-injection = Instructions in the message
finding-injection-what = The message holds instructions meant for a model.
finding-other = Look here
finding-other-what = Read this part of the reply again.
finding-said = { $name }: { $why }

## The queue

queue-label = In-basket
queue-messages = Messages
queue-none-found = No thread that can be answered has these words.
queue-none-filtered = Nothing here with these filters.
queue-none-decided = Nothing has been decided today.
queue-none-done = Nothing has been decided yet.
queue-none-day = Nothing was decided on this day.
queue-all-done = All done. Nothing waits for you.
queue-none-later = Nothing is put off.
queue-none = Nothing here.
queue-folder = Folder
queue-folder-count = { $folder } ({ $count })
queue-day = Day
queue-search = Search in everything
queue-search-hint = Search everything  /
queue-more = { $count } are shown, the newest. There are more further back.
queue-further = Look further back
queue-order = Order
order-urgency = Urgency
order-newest = Newest
order-oldest = Oldest
order-done = Last decided
order-found = Best match
queue-pool = Pool
queue-all-pools = All pools
queue-mine = Mine
queue-flags-wait =
    { $count ->
        [one] 1 red flag waits
       *[other] { $count } red flags wait
    }
queue-close-none = Close { $count } that owe no reply…
no-subject = (no subject)
row-by = by { $name }
row-for = for { $name }
row-until = until { $moment }
row-done = done { $day }

## The message

review-label = Message and reply
review-opening = Opening…
review-nothing = Nothing is open. Choose a message in the queue.
flag-title = Red flag. Call the patient now.
flag-words = No draft is made. If you cannot reach them, this fixed text can go out:
flag-fixed = Put the fixed text in the reply
none-owed-title = No reply owed.
none-owed-what = The message asks for nothing.
none-owed-press = Press { $key } to close it.
draft-anyway = Draft anyway
template-title = Not a clinical question.
template-what = The clinic has a text of its own for messages of this kind.
template-fixed = Put the clinic's text in the reply
urgent-title = Answer today.
anger-title = Reads as angry: “{ $words }”.
anger-asked = The draft was asked to listen first.
anger-press = Press { $key } to write your own.
sender-clinic = The clinic
sender-patient = The patient
quoted-history = Quoted history

## The chart

chart-label = Chart
chart-parts = Parts of the chart
chart-born = Born { $date }
chart-bare = There is no chart on record for this patient. The draft rests on the message alone.
chart-none = None on record
chart-to-finding = To the finding that rests on this
chart-to-reply = ↵ reply
chart-course = { $name }, oldest first: { $values }
chart-all = All
chart-problems = Problems
chart-medications = Medications
chart-allergies = Allergies
chart-results = Results
chart-visits = Visits
chart-notes = Notes

## The reply

reply-label = Reply to the patient
reply-soon = The draft comes soon. You can begin to write now.
reply-write = Write the reply.
accept-draft = Accept
accept-edited = Accept edited reply
accept-reply = Accept reply
accept-correction = Send the correction
reply-blank = Start blank
reply-from-draft = From draft
reply-compare = Compare
reply-insert = Insert
reply-another = Another draft
reply-draft-now = Draft now
reply-drafts = Drafts
reply-as = Rewrite…
reply-stop = Stop
reply-none-needed = No reply needed
reply-discard = Discard
reply-escalate = Escalate
findings-label = Findings in the reply
findings-to-resolve =
    { $count ->
        [0] Findings: all resolved
        [one] 1 finding to resolve before accepting
       *[other] { $count } findings to resolve before accepting
    }
findings-step = steps through them
not-checked-title = This reply could not be checked, and cannot go out before it was.
not-checked-again = Check again
not-kept-title = What you type is not saved. It is still on the page: copy it before you lock or close the window.
findings-to-line = To this line of the chart
findings-chart = Chart:
findings-checked = Checked
findings-check = I checked
line-writing = Writing the draft on this machine…
line-writing-pace = Writing the draft on this machine… · { $speed } tokens/s
line-draft-plain = Draft by { $model }
line-draft = Draft by { $model } · { $seconds } s · { $speed } tokens/s{ $cut }
line-cut-length = · cut at the length limit
line-cut-repeat = · cut where it began to repeat
line-cut-stopped = · stopped by you
line-queued = The draft is in line.
line-no-model = No draft: no model is running.
line-withheld = No draft for this message.
line-failed = The draft could not be made.
line-model = Model SHA-256 { $hash } · prompt { $version }
line-label = AI draft
changes-label = Changes to the draft
changes-beside = Side by side
changes-none = Nothing is changed yet.
correct-begin = Write a correction
correct-line = This went out, and stays as it is
correct-write = Write what puts the sent reply right. It goes out as another message.
correct-leave = Leave it as it was sent
correct-sent = Corrected, { $when }
changes-draft = Draft
changes-reply = Reply

## The sign-off

sign-to = To:
sign-recorded = · recorded as “{ $kind }”
sign-text = The text that goes out
sign-disclosure = The first paragraph is the clinic's disclosure.
sign-findings-label = Findings and what became of them
sign-findings = Findings
sign-checked = you checked it
sign-hint = a hint, left as it is
sign-mended = mended by your edit
sign-left-out-label = What the reply leaves out
sign-left-out = Left out
sign-nothing-left-out = Nothing was found that the reply leaves out.
sign-back = Back to the reply
sign-send = Send
sign-undo =
    { $count ->
        [one] You can undo it for 1 second. After that a correction is a new message.
       *[other] You can undo it for { $count } seconds. After that a correction is a new message.
    }

## What a screen reader is told

say-opened = { $patient }: { $subject }. { $urgency }. { $state }.
say-place = { $number } of { $total }.
say-all-resolved = Every finding is resolved.
say-resolve-first =
    { $count ->
        [one] 1 finding is to be resolved first. F8 steps to it.
       *[other] { $count } findings are to be resolved first. F8 steps through them.
    }
say-decided = { $what }. Press { $key } to undo.
say-decided-no-key = { $what }. It can be undone for a while.
say-seconds =
    { $count ->
        [one] 1 second to undo.
       *[other] { $count } seconds to undo.
    }
say-undone = Undone. The message waits again.
say-undone-correction = Undone. The correction does not go out; its words are in the editor.
say-undone-many =
    { $count ->
        [one] Undone. 1 message waits again.
       *[other] Undone. { $count } messages wait again.
    }
say-nothing-to-undo = There is nothing to undo any more.
say-not-checked = The reply could not be checked, so it cannot go out. Press Check again.
say-undone-newer = Undone. A newer message came in meanwhile: read it before you reply.
say-flag-stays = A red flag cannot be put off.
say-none-waits = No message that waits is open: open one first.
say-no-pools = There are no pools to choose from.
say-none-owes-none = No message in this list owes no reply.
say-put-off = Put off: { $patient }.
say-back = Back in the queue: { $patient }.
say-given-back = Given back: { $patient }.
say-yours = Yours now: { $patient }.
say-nothing-to-correct = Nothing was sent that could be corrected: undo it while that is open, or answer the message.
say-given = Given to { $name }: { $patient }.
say-closed =
    { $count ->
        [one] 1 message closed: no reply is owed.
       *[other] { $count } messages closed: no reply is owed.
    }
say-draft-writing = The draft is being written.
say-draft-ready = The draft is ready.
say-draft-failed = The draft could not be made.
say-thanks = Thank you. It teaches the next drafts.
say-reported = Reported as number { $number }.

## Commands

command-next = Next message
command-previous = Previous message
command-edit = Edit the reply
command-sign-off = Sign off: shows what goes out; once more sends it
command-blank = Start blank
command-draft = Start from the draft again
command-compare = Compare with the draft
command-finding = Next finding in the reply; Enter says that you checked it
command-insert = Insert a line, or a fact of the chart
command-close = No reply needed
command-discard = Discard the draft
command-escalate = Escalate
command-later = Later: put off, or bring back
command-mine = Mine: take on, or give back
command-give = Give to somebody
command-correct = Write a correction of what was sent
command-fixed = Put the clinic's fixed text in the reply
command-another = Make another draft
command-preset = Another draft, of a kind
command-variants = Drafts side by side
command-draft-as = Draft: { $preset }
command-leave = Leave the editor; stop a draft; close a dialog
command-undo = Undo the last decision
command-time = More time to undo
command-search = Search
command-palette = Every command, by its name
command-safety = Report a safety problem
command-further = Search further back
command-line = Put in the reply: { $line }
command-import = Import files
command-models = Models
command-settings = Settings
command-tour = Tour of the window
command-lock = Lock
command-order-urgency = Order: most urgent first
command-order-newest = Order: newest first
command-order-oldest = Order: oldest first
command-pool = Choose a pool
command-only-mine = Only mine, or all again
command-close-none = Close all here that owe no reply
command-beside = Compare draft and reply beside each other
command-chart = Chart: { $heading }
command-help = Keyboard shortcuts
command-folder = Folder: { $folder }
palette-label = Type a command
palette-none = No command has these words.
insert-label = A line, or a fact of the chart
insert-none = No line and no fact has these words.
insert-words = It goes where the cursor is. Lines are your own in Settings.
insert-line = line

## Dialogs

dialog-discard = Why discard the draft?
dialog-sign-off = Sign off
dialog-palette = Commands
dialog-presets = Another draft
dialog-escalate = Escalate to
dialog-close-flag = Close a red flag without a reply?
dialog-close-none = Close what owes no reply?
dialog-later = Put off until
dialog-give = Give to
dialog-insert = Insert
dialog-drafts = Drafts side by side
dialog-safety = Report a safety problem
dialog-settings = Settings
dialog-people = People
dialog-passphrase = Your passphrase
dialog-models = Models on this machine
discard-words = One reason is enough. It teaches the next drafts.
discard-keep = Keep the draft
discard-confirm = Discard
escalate-who = Person or pool who must act
escalate-on-call = On-call clinician
escalate-nurse = Triage nurse
escalate-desk = Front desk
escalate-billing = Billing
escalate-words = The message leaves your queue and the escalation is recorded. Nobody is told by this program: call or page them now.
escalate-confirm = Escalate
close-flag-words = Close it only when the patient was reached, or someone else has taken it over. Escalate instead when someone must still act.
close-flag-keep = Keep it open
close-flag-confirm = The patient was reached: close it
close-none-words =
    { $count ->
        [one] 1 message in this folder only says thanks or is for your information. It is closed without a reply and recorded under your name.
       *[other] { $count } messages in this folder only say thanks or are for your information. Each is closed without a reply and recorded under your name.
    }
close-none-keep = Keep them open
close-none-confirm = Close { $count }
presets-words = It is made from the same message and chart. What you typed stays: { $draft } brings the new draft.
later-another = Another time
later-confirm = Put off
later-words = It leaves the queue and comes back by itself, or at once when the patient writes again. { $later } brings it back sooner.
give-label = Names
give-none = Nobody of that name answers messages here.
give-words = Whoever has a message finds it under their own name in the queue. Everybody else still sees it.
give-has = has it now
give-me = you
give-nobody = Nobody: give it back
variant-label = Draft { $number }
variant-words =
    { $count ->
        [one] 1 word · { $speed } tokens/s
       *[other] { $count } words · { $speed } tokens/s
    }
variant-use = Use this one
variant-none = There is no draft of this message yet.
variant-writing = Another one is being written…
variant-make = Make another
variants-words = The newest three are shown; all of them stay on record.
keys-one = One letter or sign. Digits say how a draft was.
keys-taken = { $letter } is taken: { $command }. Give that one another letter first.
keys-set = { $letter } it is.
keys-none = It has no letter now.
keys-letter-for = Letter for: { $command }
keys-words = Single letters rest while you type, and can be switched off in Settings.
keys-built = All letters are as they were built.
keys-reset = As built
keys-change = Change letters
models-get = Models run on this machine only. Get one with { $command }, or import a GGUF file.
models-importing = Choosing and reading a file…
models-copying = Copying the file…
models-verifying = Checking the copy…
models-import = Import a GGUF file…
models-reading = Reading the file…
models-trying = Loading it and writing one reply…
models-line = { $architecture } · { $size } MB · { $licence }
models-tests-only = · for tests only
models-speed = On this machine: loaded in { $load } s, first word after { $first } s, a reply in { $reply } s, { $speed } tokens/s.
models-details = Details
models-try = Try its speed
models-use = Use
models-not-here = not here
models-memory = Memory it needs
models-memory-words = { $needed } MB, of { $free } MB that are free now
models-context = Context
models-context-words = { $count } tokens
models-may-draft = May draft here
models-may = yes
models-may-not = no: it is not on the list of known models, and nobody let it in
models-tight = It needs more memory than is free. Close other programs, or choose a smaller one.
safety-no-message = No message is open: your words alone are kept, on this machine.
safety-told = The problem is on record as number { $number }. Whoever leads reviews here reads it.
safety-words = For a draft or an alert that could hurt somebody: an emergency that was missed, an invented fact, a wrong dose. If this patient needs help now, call them first.
safety-what = What is wrong?
safety-kept = Kept with it, on this machine: the message, the draft, what you have in the editor, the model and its hash, the prompt and its seed.
safety-kept-no-draft = Kept with it, on this machine: the message and what you have in the editor. There is no draft.
safety-send = Report

## Settings

settings-look = Look
settings-language = Language
settings-language-system = As the system
settings-theme = Colours
theme-system = As the system
theme-light = Light
theme-dark = Dark
settings-type-size = Size of type
settings-density = Density
density-comfortable = Comfortable
density-compact = Compact
settings-single-keys = Single-letter shortcuts
settings-replies = Replies
settings-sign-off = Sign-off under every draft
settings-undo = Seconds to undo (5 to 30)
settings-ask = Ask how the draft was
settings-threads = Threads for drafting (0 for all cores)
settings-lines = Lines to insert, one each
settings-clinic = This clinic
settings-lock = Minutes without use until it locks (1 to 60)
settings-disclosure = Disclosure over replies that began as a draft
disclosure-none = None
disclosure-california = California (AB 3030)
disclosure-texas = Texas (HB 149, SB 1188)
settings-contact = How a patient reaches a person (ends the disclosure)
settings-accounts = Accounts
settings-passphrase = Your passphrase…
settings-people = People…
settings-keyring = This computer's keyring may open the record
settings-rules = Clinic's own triage rules
settings-watched = Watched folder
settings-record = Record
settings-backups = Folder for backups
settings-backup-now = A backup now
settings-backup-days = Days from one backup to the next (1 to 31)
settings-backups-kept = Backups that are kept (2 to 100)
settings-audit = Folder for the audit's daily head
settings-about = This installation
about-version = Version
about-record = Record
about-models = Models
about-logs = Logs
log-none = Nothing was written since the program began.
log-read = Read again
log-copy = Copy
log-copied = Copied.
log-not-copied = It could not be copied. Select the lines and copy them by key.
lines-label = Lines for the reply
say-no-further = There is nothing more further back.
about-logs-words = The last lines, without patient text. They go to standard error, too: start with COUNTERSIGN_LOG=info to have more.
about-reset = Reset what you chose…
about-reset-words = Language, colours, size of type, density and widths, every letter you gave a command and whether letters call commands at all, seconds to undo, the question about drafts, threads and unloading go back to how they were built. Your sign-off and what is the clinic's stay.
about-reset-lines =
    { $count ->
        [one] Delete my line for replies, too
       *[other] Delete my { $count } lines for replies, too
    }
about-reset-keep = Keep it as it is
about-reset-button = Reset
backup-writing = Writing…
backup-written = Written and checked.
backup-button = Back up
folder-is-none = none
folder-choose = Choose…
folder-clear = None
folder-clear-label = { $label }: none
folder-choose-watched = Choose the watched folder
folder-choose-backups = Choose the folder for backups
folder-choose-audit = Choose the folder for the audit's daily head
rules-none = none
rules-count =
    { $count ->
        [0] fixed texts only
        [one] 1 rule
       *[other] { $count } rules
    }
rules-remove = Remove

## Before the record is open

entry-encrypting = Encrypting…
entry-opening = Opening…
entry-language = Language
lock-title = Countersign is locked
lock-flags =
    { $count ->
        [one] 1 red flag waits behind this lock. Unlock now, or call the on-call clinician.
       *[other] { $count } red flags wait behind this lock. Unlock now, or call the on-call clinician.
    }
lock-name = Name
lock-code = Sealed code
lock-reason = Why do you need the record now?
lock-passphrase = Passphrase
lock-glass-words = Emergency access goes on the audit with your name and your reason, and the clinic looks at each one.
lock-use-passphrase = Use a passphrase
lock-glass = Emergency access…
lock-keyring = Use this computer's keyring
lock-unlock = Unlock
first-title = Make your record
first-words = Messages, charts and decisions are kept on this machine, encrypted. You are its first admin. There is no way in without a passphrase or a code: not for us either.
first-plain = The record of an earlier version is here. It is kept as it is, and encrypted now.
first-name = Your name, as you sign in
first-licence = Your licence
first-passphrase = Passphrase, 10 characters or more
first-again = Once more
first-differ = The two passphrases differ.
first-sample = Try the sample in-basket
first-make = Make the record
first-sample-words = The sample holds invented patients, needs no account, and keeps nothing.
codes-paper = On paper, apart from each other and from this machine. They are not shown again.
codes-recovery = Recovery code
codes-recovery-words = Replaces a forgotten passphrase.
codes-glass = Break-glass code
codes-glass-words = Opens the record in an emergency. Seal it in an envelope; each use is on the audit.
codes-title = Write both codes down now
codes-noted = I have written both down
codes-begin = Begin

## People

people-remove = Remove
people-remove-label = Remove { $user }
people-line = { $role } · { $licence }
people-name = Name
people-role = Role
people-licence = Licence
people-first = First passphrase
people-add = Add
people-codes = Recovery and break-glass codes
people-codes-ask = Make new codes…
people-codes-words = Both old codes open nothing any more, the sealed envelope's included. Have paper at hand.
people-codes-keep = Keep the old ones
people-codes-make = Make new codes
passphrase-changed = Your passphrase is changed.
passphrase-old = Your passphrase
passphrase-new = A new one
passphrase-change = Change it
keyring-opens = This computer's keyring opens the record for you now.
keyring-forgot = It keeps nothing of yours any more.
keyring-title = This computer's keyring
keyring-words = It can open the record after a start, for whoever is logged in to this computer as you. Your passphrase always does.
keyring-shut = The clinic has not let it in (Settings).
keyring-forget = Take it back
keyring-let = Let it open the record

## How the draft was

feedback-title = How was the draft for { $patient }?
feedback-keys = Keys 1 to 5; or go on.
feedback-star = { $number } of 5
feedback-skip = Skip
feedback-more = Reasons…
feedback-keep = Keep the reasons

## The tour

tour-place = Tour, { $number } of { $count }
tour-queue = Your in-basket
tour-queue-words = { $next } and { $previous } go from message to message. Red flags stand on top in every folder, and no model answers them.
tour-reading = The message first
tour-reading-words = Read what the patient wrote. Words that make it urgent are marked, with the reason above.
tour-editor = The draft is a draft
tour-editor-words = { $edit } goes into the reply, { $blank } starts blank. What is not in message or chart is underlined: F8 steps from finding to finding.
tour-chart = The chart beside it
tour-chart-words = What a finding rests on is marked here. { $insert } puts a line or a fact of the chart into the reply.
tour-accept = You decide
tour-accept-words = Ctrl+Enter shows what goes out and to whom, and once more sends it. { $undo } takes it back while the time runs. { $help } shows every key.
tour-end = End the tour
tour-back = Back
tour-done = Done
tour-next = Next

## What went wrong, by its code. In English the desk's own words are shown instead; elsewhere they follow these.

failure-io = A file could not be read or written. See that the place is there and has room, and try again.
failure-malformed = A file is not in the format it claims to be. Have it exported anew and try again.
failure-unknown_format = Countersign does not read this format. Choose a FHIR, CSV or JSON Lines file.
failure-not_found = What was asked for is not here. Go back to the queue and choose again.
failure-conflict = This cannot be done as things stand now. Look at the message again before you go on.
failure-incomplete = Something is missing or not allowed in what was entered. Complete it and try again.
failure-no_model = There is no model on this machine. Choose one in Models, or write by hand.
failure-model_hash = The model file is not the one it should be. Get it anew.
failure-model_truncated = The model file ends too soon. Get it anew.
failure-model_malformed = The model file is damaged or breaks its format. Choose another one.
failure-model_architecture = Countersign does not run models of this architecture. Choose another one.
failure-model_tokenizer = Countersign does not know this model's tokenizer. Choose another one.
failure-model_memory = The model needs more memory than is free. Close other programs or choose a smaller model.
failure-prompt_too_long = Message and chart are too long for this model. Write the reply by hand.
failure-drafter = The drafter stopped. Ask for the draft again, or write by hand.
failure-stopped = It was stopped. Begin it again when you want it.
failure-fetch = The model could not be fetched. See that this machine may reach its source, and try again.
failure-record = The record could not be read or written. Close other programs that use it; if it stays so, tell an admin.
failure-audit = The audit does not hold. Tell an admin before work goes on.
failure-locked = The record is locked. Unlock it first.
failure-no_record = There is no record here yet. Make one first.
failure-unlock = The record did not open. Look at the name and the passphrase or code, and try again.
failure-throttled = Too many wrong tries. Wait a while, then try again.
failure-keys = The keys of the record are not in order. Nothing was changed; tell an admin.
failure-keyring = This computer's keyring cannot be used. Use your passphrase; it always opens the record.
failure-forbidden = Your role does not allow this. Ask an admin.
failure-in_use = The record is open in another program. Close it there first.
failure-internal = Something in Countersign itself went wrong. Your text is still here; try again.

## What rests on the chart, and both in short

command-fact = Next fact of the chart in the reply
command-summary = Thread and chart in short
chart-used = In the reply
chart-to-words = To the words of the reply that rest on this
say-no-facts = Nothing in the reply rests on the chart.
say-fact = { $words }: { $line }
dialog-summary = In short
summary-thread-title = Thread
summary-chart-title = Chart
summary-words = Taken word by word from thread and chart; no model was asked. What is not there may still be in them.
summary-to-chart = To the chart
summary-to-message = To the message
summary-to-first = To the first message
summary-problems = Active problems: { $words }
summary-medications = Takes: { $words }
summary-allergies = Allergies: { $words }
summary-result = Result: { $words }
summary-trend = { $name }: { $first } on { $since }, { $last } on { $on }
summary-last-visit = Last visit: { $words }
summary-next-visit = Next visit: { $words }
summary-thread =
    { $messages ->
        [one] 1 message
       *[other] { $messages } messages
    } and { $replies ->
        [0] no reply
        [one] 1 reply
       *[other] { $replies } replies
    }, from { $since } to { $last }
summary-answered = The clinic wrote on { $when }: “{ $words }”
summary-flagged = Urgent words: “{ $words }”
summary-more =
    { $count ->
        [one] and 1 more
       *[other] and { $count } more
    }
summary-asked = Asks: “{ $words }”
summary-told = Writes: “{ $words }”

## Practice

command-training = Training: practice messages, each with one error
command-training-end = End training
command-results = How you did in practice
training-place = Training, { $number } of { $of }.
training-words = The patient is invented and nothing is sent. The draft holds one error: decide as you would.
training-end = End training
dialog-practised = Practice
practised-caught = You kept the error from the patient.
practised-missed = The error would have reached the patient.
practised-training = This was training. Nothing was sent.
practised-seeded = This was a practice message: the patient is invented and nothing was sent. Only you are told how it went.
practised-error = The error
practised-why = What was wrong
practised-source = Rests on
practised-on = Go on
dialog-results = How you did in practice
results-none = You have not practised yet.
results-seeded = Among real messages
results-training = In training
results-by-kind = By kind of error
results-tally = { $caught } of { $shown } caught
results-words = Only you see this.
results-train = Begin training
settings-practice = One practice message in so many decisions (0 for none, else 10 to 500)
settings-unload = Minutes without a draft until the model leaves the memory (0 for never)
models-default = Default here
engine-resting = The model rests until a message needs it
entry-attachments = Attachments, not opened here
