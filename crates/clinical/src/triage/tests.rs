//! What the shipped rules promise.

use super::*;

fn rules() -> &'static Rules {
    static RULES: std::sync::LazyLock<Rules> = std::sync::LazyLock::new(|| {
        Rules::parse(include_str!("../../../../assets/triage/rules.toml")).expect("sound")
    });
    &RULES
}

fn urgency(body: &str) -> Urgency {
    rules().triage("", body, &Facts::default()).urgency
}

#[test]
fn emergencies_are_found_in_plain_lay_and_spanish_words() {
    for body in [
        "I have crushing chest pain and my left arm is numb",
        "my chest feels tight and I'm sweating",
        "I can’t breathe when I lie down",
        "Half of my face is drooping since this morning",
        "I took all my pills an hour ago",
        "I want to kill myself",
        "Sometimes I think everyone would be better off without me",
        "Tengo dolor en el pecho muy fuerte",
        "No puedo respirar bien",
        "my throat is closing up after the peanut",
        "I am 34 weeks and the baby has not moved since yesterday",
        "vomiting blood since last night",
    ] {
        assert_eq!(urgency(body), Urgency::Emergency, "{body}");
    }
}

/// The quick look at how words begin spares a search only where it would find nothing.
#[test]
fn no_search_is_spared_that_would_find_something() {
    let lines = include_str!("../../../../tests/sets/triage.jsonl");
    let examples = sets::examples(lines).expect("cases");
    for e in examples.iter().step_by(9) {
        let text = Folded::new(&e.message).spelled(&rules().spelling).text;
        for rule in &rules().rules {
            assert!(rule.passes_over_nothing(&text), "{}: {text}", rule.id);
        }
    }
}

/// What a leaflet is quoted with is its own, over sentences; what a person is quoted with is not.
#[test]
fn quoted_papers_do_not_fire() {
    for body in [
        "My discharge papers read: 'Call 911 for severe chest pain. Call us for a fever over 101, yellow skin and belly pain.' None of it happened. May I lift?",
        "The sheet also has 'go to the ER for chest pain or confusion', and she has neither",
        "The claim says \"R55, syncope and collapse\" but I came for allergies. Who fixes it?",
    ] {
        assert!(urgency(body) > Urgency::Emergency, "{body}");
    }
    for body in [
        "My husband says 'I can't feel my left arm and my chest hurts'",
        "She left a note on her bed that says 'I want to die'",
        "The leaflet says 'call us' but I have chest pain",
    ] {
        assert_eq!(urgency(body), Urgency::Emergency, "{body}");
    }
}

/// Of somebody else, long ago, or imagined; and what sounds so and is not.
#[test]
fn others_years_and_what_is_imagined_do_not_fire() {
    for body in [
        "My sister has lupus and her throat closes with shellfish; is that in the family?",
        "I tried to end my life when I was 19, that was 22 years ago, and I'm in a very good place now. Do insurers see it?",
        "Hace diez años intenté quitarme la vida, hoy estoy bien y contenta.",
        "What should I do if I were to fall and hit my head, or saw blood in the toilet? Nothing has happened.",
        "What would you want her to do if the baby choked, or swallowed a battery?",
        "She takes no blood thinners. She has a bruise as big as a saucer on her hip.",
    ] {
        assert!(urgency(body) > Urgency::Emergency, "{body}");
    }
    for body in [
        "My brother's throat is closing after shrimp, is it in the family?",
        "My sister had a stroke in May and I have chest pain. Should I get tested?",
        "My brother is gray and sweaty and his chest hurts, heart attacks run in the family",
        "I found my roommate passed out, lips blue. Should I be worried?",
        "My roommate took too many pills and collapsed. Is there a shot for that?",
        "He whispered 'call 911, I can't breathe'",
        "Ten years ago I tried to kill myself. I was doing well. I want to kill myself again",
        "I suppose it is nothing, but I have had chest pain since noon",
        "This is not my usual chest pain.",
    ] {
        assert_eq!(urgency(body), Urgency::Emergency, "{body}");
    }
}

#[test]
fn subjects_wrapped_lines_and_loose_accents_hide_nothing() {
    assert_eq!(
        rules()
            .triage("Chest pain", "Started an hour ago.", &Facts::default())
            .urgency,
        Urgency::Emergency
    );
    assert_eq!(
        rules()
            .triage("Chest pain", "Thanks for yesterday!", &Facts::default())
            .urgency,
        Urgency::Emergency
    );
    assert_eq!(
        urgency("I have crushing chest\npain since noon"),
        Urgency::Emergency
    );
    assert_eq!(urgency("chest  pain since noon"), Urgency::Emergency);
    assert_eq!(urgency("No puedo respi\u{301}rar"), Urgency::Emergency);
    assert_eq!(
        urgency("No fever.\n\nChest pain since noon"),
        Urgency::Emergency
    );
    assert_eq!(urgency("I do not have any\nchest pain"), Urgency::Routine);
}

#[test]
fn negated_and_everyday_words_do_not_fire() {
    for body in [
        "No chest pain or shortness of breath, just a runny nose.",
        "I have not had any chest pain since the stent. Can I travel?",
        "This paperwork is killing me! Can you send the form?",
        "Can I get a refill of lisinopril?",
    ] {
        assert_eq!(urgency(body), Urgency::Routine, "{body}");
    }
}

#[test]
fn a_denial_of_something_else_silences_nothing() {
    for body in [
        "I don't know what to do I have chest pain",
        "the pills are not helping my chest pain",
        "I have never had such bad chest pain",
        "I have never had chest pain like this before",
        "No fever, chest pain since noon",
        "No. Chest pain is what I wrote about.",
        "No puedo dormir por el dolor en el pecho",
        "I had a heart attack in 2019 and the same chest pain is back since last night",
    ] {
        assert_eq!(urgency(body), Urgency::Emergency, "{body}");
    }
}

#[test]
fn what_was_long_ago_or_might_come_does_not_fire() {
    for body in [
        "My father had a heart attack at 52. Which test do I need?",
        "I passed out once years ago. Does that matter for the form?",
        "What should I do if I get chest pain on the trip?",
        "No fever, chills, chest pain, or cough.",
        "No tengo dolor de pecho, solo tos.",
    ] {
        assert!(urgency(body) > Urgency::Emergency, "{body}");
    }
}

#[test]
fn a_negation_ends_at_but() {
    assert_eq!(
        urgency("No fever but chest pain since noon"),
        Urgency::Emergency
    );
    assert_eq!(
        urgency("no chest pain, but I took all my pills"),
        Urgency::Emergency
    );
}

#[test]
fn folders_and_thanks() {
    let r = rules();
    assert_eq!(
        r.triage(
            "",
            "Thank you so much, that helped a lot!",
            &Facts::default()
        )
        .urgency,
        Urgency::None
    );
    assert_eq!(
        r.triage(
            "",
            "Thanks! Could you also refill my metformin?",
            &Facts::default()
        )
        .kind,
        MessageKind::Refill
    );
    assert_eq!(
        r.triage("", "I was billed twice for my visit", &Facts::default())
            .kind,
        MessageKind::Billing
    );
    assert_eq!(
        r.triage("", "What does my A1c result mean?", &Facts::default())
            .kind,
        MessageKind::Result
    );
    assert_eq!(
        r.triage("", "I need to reschedule my appointment", &Facts::default())
            .kind,
        MessageKind::Scheduling
    );
    assert_eq!(
        r.triage("", "My knee hurts when I climb stairs", &Facts::default())
            .kind,
        MessageKind::Clinical
    );
}

#[test]
fn words_are_given_as_they_were_written() {
    let t = rules().triage("", "Señor, tengo Dolor en el Pecho.", &Facts::default());
    assert_eq!(t.flags[0].words, "Dolor en el Pecho");
    assert!(
        t.flags[0]
            .advice
            .as_deref()
            .is_some_and(|a| a.contains("911"))
    );
}

#[test]
fn a_broken_rule_file_names_its_fault() {
    let sound = include_str!("../../../../assets/triage/rules.toml");
    let fault = |from: &str, to: &str| {
        assert!(sound.contains(from), "{from}");
        match Rules::parse(&sound.replacen(from, to, 1)) {
            Ok(_) => panic!("{to} was taken"),
            Err(e) => e.to_string(),
        }
    };
    let said = fault("'heart attack'", "'heart (attack'");
    assert!(
        said.contains("cardiac") && said.contains("heart (attack"),
        "{said}"
    );
    let said = fault("urgency = \"emergency\"", "urgency = \"soon\"");
    assert!(said.contains("line "), "{said}");
    let said = fault("needs = \"anticoagulant\"", "needs = \"nobody\"");
    assert!(said.contains("nobody"), "{said}");
}

proptest::proptest! {
    #[test]
    fn no_text_makes_it_panic(body in ".{0,400}") {
        let _ = rules().triage("", &body, &Facts::default());
    }
}

#[test]
fn a_kind_word_does_not_make_a_clinical_message_mere_thanks() {
    for body in [
        "Thank you doctor. I stopped taking my warfarin last week.",
        "Thanks! I decided to quit my insulin.",
        "Thank you. The lump in my breast is bigger.",
        "Thanks for the visit. I have not had a bowel movement in 8 days.",
    ] {
        assert_ne!(urgency(body), Urgency::None, "{body}");
    }
}

#[test]
fn whole_words_speak_though_a_part_of_them_is_a_figure_of_speech() {
    for body in [
        "his blood sugar is 31 and he is sweating",
        "her blood pressure is 74/40 since noon",
    ] {
        assert_eq!(urgency(body), Urgency::Emergency, "{body}");
    }
    assert_eq!(urgency("When is my blood test?"), Urgency::Routine);
}

#[test]
fn what_is_over_is_mere_thanks_and_what_is_not_is_answered() {
    for body in [
        "Thank you, the rash is gone.",
        "Got it, will do. See you then!",
    ] {
        assert_eq!(urgency(body), Urgency::None, "{body}");
    }
    for body in [
        "Got it, but the rash is back",
        "OK thanks. Mom fell again last night",
        "Thanks, see you then. When do I stop the aspirin",
    ] {
        assert_ne!(urgency(body), Urgency::None, "{body}");
    }
}

#[test]
fn signs_count_in_any_order_and_a_denied_one_does_not() {
    let rules = Rules::parse(
        &include_str!("../../../../assets/triage/rules.toml").replacen(
            "[[rule]]",
            r#"[[rule]]
id = "three"
title = "Three"
urgency = "emergency"
source = "a test"
signs = [{ of = ["redword", "blueword|bluish", "greenword", "tallword"], least = 3, within = 12 }]

[[rule]]"#,
            1,
        ),
    )
    .expect("sound");
    let fires = |body: &str| {
        rules
            .triage("", body, &Facts::default())
            .flags
            .iter()
            .any(|f| f.rule == "three")
    };
    assert!(fires("a tallword, and a redword. Then bluish"));
    assert!(!fires("a redword and a redword and bluish"));
    assert!(!fires("a redword, bluish, no greenword"));
    assert!(!fires(
        "a redword, bluish, and then very many other words that go on and on, greenword"
    ));
}

#[test]
fn a_time_is_carried_over_to_a_clause_without_a_subject() {
    for body in [
        "When I was six I got very hot and had a seizure. Should that be on the form?",
        "In 2015 my appendix burst and left me with terrible belly pain, is a scan needed for the form?",
        "No plans of suicide or self harm, mood is a bit better.",
        "How long is the choking first aid course on Saturday?",
        "The couple across the hall had carbon monoxide poisoning. Do you sell detectors?",
        "Six years today since you caught my stroke. Thank you.",
    ] {
        assert!(urgency(body) > Urgency::Emergency, "{body}");
    }
    for body in [
        "When I was six I had asthma and now I can't breathe.",
        "In 2015 my appendix burst, I have terrible belly pain and a fever.",
        "My roommate ate a cashew and can't breathe.",
        "I had a stroke in 2019 and today my face is drooping again.",
        "My neighbor drove me home, my chest hurts and my arm is numb.",
        "I'm not sleeping, planning how to kill myself.",
        "Took a stroke class last year and my arm just went limp and I can't speak right.",
    ] {
        assert_eq!(urgency(body), Urgency::Emergency, "{body}");
    }
}

/// Each rule's own messages, in words that are used nowhere else: a rule that is changed must still do what they say.
#[test]
fn each_rule_fires_for_its_own_messages_and_is_silent_for_others() {
    let file: File =
        toml::from_str(include_str!("../../../../assets/triage/rules.toml")).expect("a rule file");
    let mut wrong = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for rule in &file.rule {
        assert!(
            rule.fires.len() >= 2 && rule.silent.len() >= 2,
            "rule {} needs two messages for which it fires, and two for which it is silent",
            rule.id
        );
        for (messages, wanted) in [(&rule.fires, true), (&rule.silent, false)] {
            for message in messages {
                assert!(seen.insert(message), "twice: {message}");
                if rules().fires(&rule.id, message) != wanted {
                    let does = if wanted { "does not fire" } else { "fires" };
                    wrong.push(format!("rule {} {does} for “{message}”", rule.id));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What the ninth and tenth set taught: an event that was treated and is over, one that happened to others, one that is only asked
/// about, and an animal's are no emergencies.
#[test]
fn what_is_over_told_of_others_or_asked_about_does_not_fire() {
    for body in [
        // Treated, with follow-up.
        "The hospital kept my husband two nights for chest pain, the stress test and EKG were all normal. When is his visit?",
        "En mayo llevamos a la niña a urgencias porque le faltaba el aire, le pusieron oxígeno y ya está bien. ¿Cuándo es su cita?",
        "When he was 2 Leo had anaphylaxis to milk, lips swelling, hives, everything. He's 8 now and hasn't had a reaction since.",
        // News of others.
        "Woman at the gym dropped from a heart attack, paramedics and all. Should I get a scan? I feel well.",
        "La amiga de mi suegra tomó veneno para ratas y ya salió del hospital. ¿Tienen folletos?",
        // Asked about.
        "If I did get chest pain on the trip, do I use the spray first?",
        "Could the new tablets make my throat swell? I start them on Monday.",
        "The camp needs written instructions for if she has a seizure or becomes unconscious.",
        // Animals, drills, shows, forms, papers.
        "Sorry I missed you, our cat collapsed and we were at the vet all day.",
        "The pup ate some raisins and was vomiting, so I need a new time for my Pap.",
        "We played a fire drill at work and I was the 'unconscious' one. Is my tetanus up to date?",
        "Watched a series, the lady's face drooped on one side. Is there an age limit for that shot?",
        "I can't breathe for paperwork, which page do you sign?",
        "HR kicked the forms back, box 4 was blank.",
        "My defibrillator has never fired. What will it feel like?",
        "The leaflet carries a boxed warning about suicidal thoughts. He has none. May he start?",
        "I shot myself in the foot by skipping therapy, is there a waiting list?",
    ] {
        assert!(urgency(body) > Urgency::Emergency, "{body}");
    }
}

/// A denial, "last week" or somebody else's event must not silence what is there now beside it.
#[test]
fn what_is_there_now_beside_what_is_over_fires() {
    for body in [
        "The hospital kept me overnight for chest pain and it was all normal, but the chest pain came back an hour ago.",
        "They kept me overnight for chest pain, said it was reflux and sent me home. It's back and worse.",
        "The ER treated me for a clot last week and sent me home. Now I'm suddenly breathless and my chest hurts.",
        "La semana pasada lo llevé a urgencias porque le faltaba el aire y ya estaba bien, pero hoy otra vez le falta el aire.",
        "My neighbor had a stroke and she's in the hospital. My own face is drooping since breakfast.",
        "My coworker had a heart attack and died. I have crushing chest pain and I'm sweating.",
        "Our dog died on Sunday and I can't breathe, my chest is tight.",
        "The cat scratched me, and my throat is swelling and I'm covered in hives.",
        "Could the new tablets make my throat swell? It's swelling right now and I can't swallow my spit.",
        "If I did get chest pain you said to call. I have chest pain now.",
        "We had a drill at school and afterwards I passed out and hit my head.",
        "No chest pain last week, tonight my chest is being crushed and I'm drenched in sweat.",
        "Not one seizure in years, but two seizures today and he won't wake up.",
        "I'm drowning in paperwork and I can't breathe lying down, my lips are blue.",
        "He kicked my back and I'm scared he will kill me.",
        "My defibrillator fired twice tonight.",
        "It was as if half of my face drooped, and I can't lift my right arm.",
        "The leaflet has a box on suicidal thoughts, and I have suicidal thoughts every night.",
        "Since last week's discharge I feel fine, but since noon I'm vomiting blood.",
    ] {
        assert_eq!(urgency(body), Urgency::Emergency, "{body}");
    }
}

/// What reads as over, supposed, a drill, somebody else's or denied, and is an emergency of now.
#[test]
fn what_only_reads_as_over_supposed_or_anothers_fires() {
    let mut silent = Vec::new();
    for body in [
        // Another who is there now.
        "My roommate has overdosed and is blue",
        "When I stand up I pass out",
        "Every time she gets up she faints",
        // Over, and yet there.
        "My friend overdosed last week and I want to kill myself since she died.",
        "The hospital kept me overnight for observation and I've had crushing chest pain ever since they sent me home.",
        "The doctor saw me this morning and my throat is swelling since he started me on amoxicillin.",
        "My coworker had the flu last week and I can't breathe, my lips are blue, do I need to be in the hospital?",
        "The ER saw my daughter for hives and her lips are swelling after they sent her home.",
        "The hospital kept him overnight for wheezing and he can't breathe after they sent him home.",
        "My boss had a heart attack on Monday and my chest is being crushed, do I belong in the hospital?",
        "My classmate overdosed and I want to die because she is in the hospital.",
        "The doctor found a clot in my leg yesterday and I'm coughing up blood, she sent me home on Eliquis.",
        "Urgent care treated my rash this afternoon and my tongue is swelling, they put me on Bactrim.",
        "My neighbor had a gas leak and the baby is limp and blue, she is home now.",
        "Mi amiga murió y yo me quiero matar, ya la sacaron del hospital a su casa.",
        "Llevamos a mi hijo a urgencias y no puede respirar, dijeron que ya está bien.",
        "Can the shrimp I just ate make my throat swell like a balloon?",
        "My dog died and I want to kill myself.",
        "My dog died so I want to kill myself.",
        "They kept him overnight for croup with stridor and he turned blue at home after they said it was just croup and sent him home",
        "My teacher had a fit in class then I collapsed, she's ok",
        "Can the bee sting make my throat close? It's getting hard to swallow",
        "A friend had an overdose last year and now I've taken all my pills, he's in rehab",
        "Our friend had a seizure at our house and my husband collapsed, he is not waking up, she's home.",
        // Each time it happens.
        "If I walk to the bathroom I get crushing chest pain every time.",
        "If he eats his lips swell and he can't breathe every time.",
        "If I climb one stair I get crushing chest pain always.",
        "If I lie flat I can't breathe every single time.",
        "If she stands up she passes out each time.",
        "If I cough I vomit blood every time.",
        "If she drinks milk her throat closes every time.",
        "If I sit up I get crushing chest pain each and every time.",
        "If he nurses he turns blue every time.",
        "If I push I get chest pain down my left arm every time.",
        "If we turn on the stove we all get headaches and pass out every time.",
        "If I try to pee nothing comes out and my legs go numb every time.",
        // Drills and pretending.
        "I slipped with the drill and I can't stop the bleeding.",
        "I pretend I'm okay but I want to kill myself.",
        "During the fire drill my son's lips went blue and he couldn't breathe.",
        "He's pretending he's fine but his face is drooping on one side.",
        "I put the drill through my hand and it's spurting blood, can't feel my fingers.",
        "We had a fire drill and I've had crushing chest pain since, it's in my arm.",
        "After the drill at my son's school he passed out and won't wake up.",
        "I'm tired of pretending, I'm going to kill myself.",
        "During football drills my son collapsed and isn't breathing.",
        "The mock exam is tomorrow and I don't want to be alive, I'm going to end my life.",
        "I pretend at work all day and I'm suicidal.",
        "In the shooter drill she hit her head and won't wake up.",
        "The drill bit went in my eye and I can't see.",
        // One's own.
        "My boy at school swallowed a button battery",
        "My kid at school collapsed",
        "My dog and I passed out and the alarm is beeping.",
        "My girl at school had a seizure and won't wake up.",
        "Our kid at church choked on a grape and turned blue.",
        "My cat and baby stopped breathing, the alarm is beeping.",
        "The dog and I collapsed and the carbon monoxide alarm is on.",
        "Our little boy at the store swallowed bleach.",
        "My man at work has crushing chest pain and is sweating.",
        "My guy on the road collapsed and isn't breathing.",
        "My girl in school took a whole bottle of Tylenol.",
        "The cat and my wife passed out, the furnace smells.",
        "The dog ate my pills and my son then started seizing.",
        "My dog bit me and I can't stop the bleeding.",
        // Never before.
        "She never had a seizure before Friday",
        "I never had chest pain before right now",
        "I never had chest pain before Monday.",
        "He never had a seizure before October.",
        "I've never had chest pain before around noon.",
        "I never vomited blood before 3 am.",
        "No chest pain until about an hour ago.",
        "No chest pain until Tuesday.",
        "She had no seizures until Sunday night.",
        "I've never passed out before these pills.",
        "I never passed out before this Sunday.",
        "Never had a seizure before just now.",
        "No chest pain till I mowed the lawn.",
        "I never had chest pain prior to this morning.",
        "Nunca tuve dolor de pecho hasta esta noche.",
        "I never had chest pain before Christmas day",
        // Others, now.
        "My friend has crushing chest pain.",
        "My aunt has collapsed on our floor.",
        "My coworker has passed out at her desk, what do I do?",
    ] {
        if urgency(body) != Urgency::Emergency {
            silent.push(body);
        }
    }
    assert!(silent.is_empty(), "{}", silent.join("\n"));
}

/// A figure of speech and what is told as over reach no further than what they speak of.
#[test]
fn a_bruise_and_a_spoilt_sample_hide_no_emergency() {
    let silent: Vec<&str> = [
        "Bruises everywhere and my skin is turning yellow, belly pain and fever.",
        "She is bruising and her eyes are yellow, with fever and belly pain.",
        "My potassium 6.8 the nurse said not hemolyzed, repeat 7.0, not fine at all, and I feel weak.",
        "Potassium 7.1, not hemolyzed, I am on dialysis and weak. Is that ok?",
        "Potassium 6.9 hemolyzed they think, is that ok? I'm on dialysis and missed two sessions.",
        "Potassium 6.9, hemolyzed, repeat 7.0 and not normal, and I'm on dialysis and weak.",
        "The boxes for Monday, Tuesday and Wednesday were taken together, metoprolol and digoxin.",
    ]
    .into_iter()
    .filter(|body| urgency(body) != Urgency::Emergency)
    .collect();
    assert!(silent.is_empty(), "{}", silent.join("\n"));
    let loud: Vec<&str> = [
        "My bruise from the blood draw is turning yellow and green, is that normal?",
        "The portal says potassium 6.6 but hemolyzed, repeat was 4.2 normal.",
        "I use maintenance therapy for asthma and have a temp of 101 with a cold.",
        "I took the week off, the days I can come are together with my wife's blood pressure visits.",
        "The desk gave me Monday and Friday slots at once, is a blood pressure check included?",
    ]
    .into_iter()
    .filter(|body| urgency(body) == Urgency::Emergency)
    .collect();
    assert!(loud.is_empty(), "{}", loud.join("\n"));
}
