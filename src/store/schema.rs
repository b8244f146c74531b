//! The tables as diesel knows them; a test holds this file against the migrated database.

diesel::table! {
    site (id) {
        id -> Text,
        code -> Text,
        name -> Text,
        mail_name -> Text,
        time_zone -> Text,
        language -> Text,
        phone -> Text,
        emergency_number -> Text,
        crisis_line -> Nullable<Text>,
        thermometer -> Text,
        ctcae_version -> Text,
        state -> Text,
        version -> Integer,
        recorded_at -> Text,
    }
}

diesel::table! {
    staff (id) {
        id -> Text,
        email -> Text,
        name -> Text,
        language -> Text,
        password_hash -> Nullable<Text>,
        password_set_at -> Nullable<Text>,
        totp_secret -> Nullable<Text>,
        totp_last_step -> Nullable<BigInt>,
        failed_sign_ins -> Integer,
        retry_sign_in_at -> Nullable<Text>,
        is_administrator -> Bool,
        state -> Text,
        version -> Integer,
        recorded_at -> Text,
    }
}

diesel::table! {
    recovery_code (staff_id, code_hash) {
        staff_id -> Text,
        code_hash -> Text,
        used_at -> Nullable<Text>,
    }
}

diesel::table! {
    staff_invitation (token_hash) {
        token_hash -> Text,
        staff_id -> Text,
        created_at -> Text,
        expires_at -> Text,
        used_at -> Nullable<Text>,
    }
}

diesel::table! {
    membership (staff_id, site_id, role) {
        staff_id -> Text,
        site_id -> Text,
        role -> Text,
        recorded_at -> Text,
    }
}

diesel::table! {
    duty (site_id, staff_id) {
        site_id -> Text,
        staff_id -> Text,
        since -> Text,
    }
}

diesel::table! {
    session (token_hash) {
        token_hash -> Text,
        staff_id -> Text,
        stage -> Text,
        created_at -> Text,
        last_seen_at -> Text,
        expires_at -> Text,
        stepped_up_at -> Nullable<Text>,
        user_agent -> Text,
        ended_at -> Nullable<Text>,
    }
}

diesel::table! {
    api_token (id) {
        id -> Text,
        site_id -> Text,
        name -> Text,
        purpose -> Text,
        token_hash -> Text,
        created_by -> Nullable<Text>,
        created_at -> Text,
        revoked_at -> Nullable<Text>,
    }
}

diesel::table! {
    product (id) {
        id -> Text,
        code -> Text,
        name -> Text,
        kind -> Text,
        rule_set -> Text,
        state -> Text,
        version -> Integer,
        recorded_at -> Text,
    }
}

diesel::table! {
    patient (id) {
        id -> Text,
        site_id -> Text,
        code -> Text,
        birth_year -> Integer,
        sex -> Text,
        language -> Text,
        time_zone -> Text,
        state -> Text,
        state_reason -> Nullable<Text>,
        prompts_stopped_at -> Nullable<Text>,
        infection_risk -> Bool,
        infection_risk_reason -> Nullable<Text>,
        notes -> Nullable<Text>,
        version -> Integer,
        recorded_at -> Text,
    }
}

diesel::table! {
    patient_contact (patient_id) {
        patient_id -> Text,
        name -> Text,
        email -> Nullable<Text>,
        phone -> Nullable<Text>,
    }
}

diesel::table! {
    consent (id) {
        id -> Text,
        patient_id -> Text,
        text_version -> Text,
        language -> Text,
        given_on -> Text,
        withdrawn_at -> Nullable<Text>,
        recorded_by -> Nullable<Text>,
        recorded_at -> Text,
    }
}

diesel::table! {
    lot (id) {
        id -> Text,
        site_id -> Text,
        product_id -> Text,
        number -> Text,
        source -> Text,
        patient_id -> Nullable<Text>,
        collected_on -> Nullable<Text>,
        culture_started_on -> Nullable<Text>,
        released_on -> Nullable<Text>,
        cells_millions -> Nullable<BigInt>,
        viability_permille -> Nullable<Integer>,
        sterility -> Text,
        mycoplasma -> Text,
        endotoxin -> Text,
        state -> Text,
        state_reason -> Nullable<Text>,
        version -> Integer,
        recorded_at -> Text,
    }
}

diesel::table! {
    course (id) {
        id -> Text,
        site_id -> Text,
        patient_id -> Text,
        product_id -> Text,
        phase -> Text,
        interval_days -> Integer,
        planned_infusions -> Integer,
        started_on -> Text,
        ended_on -> Nullable<Text>,
        version -> Integer,
        recorded_at -> Text,
    }
}

diesel::table! {
    mail_pause (id) {
        id -> Text,
        site_id -> Text,
        reason -> Text,
        began_at -> Text,
        began_by -> Nullable<Text>,
        ended_at -> Nullable<Text>,
        ended_by -> Nullable<Text>,
    }
}

diesel::table! {
    schedule_version (id) {
        id -> Text,
        product_id -> Text,
        kind -> Text,
        version -> Integer,
        body -> Text,
        made_by -> Nullable<Text>,
        reason -> Text,
        made_at -> Text,
    }
}

diesel::table! {
    infusion (id) {
        id -> Text,
        site_id -> Text,
        patient_id -> Text,
        course_id -> Text,
        lot_id -> Text,
        number_in_course -> Integer,
        started_at -> Text,
        ended_at -> Nullable<Text>,
        t0 -> Text,
        dose_cells_millions -> Nullable<BigInt>,
        route -> Text,
        premedication -> Nullable<Text>,
        notes -> Nullable<Text>,
        schedule_version_id -> Nullable<Text>,
        version -> Integer,
        recorded_by -> Nullable<Text>,
        recorded_at -> Text,
    }
}

diesel::table! {
    chair_observation (id) {
        id -> Text,
        infusion_id -> Text,
        observed_at -> Text,
        temperature_tenths -> Nullable<Integer>,
        thermometer -> Nullable<Text>,
        sbp -> Nullable<Integer>,
        hr -> Nullable<Integer>,
        spo2 -> Nullable<Integer>,
        rr -> Nullable<Integer>,
        note -> Nullable<Text>,
        recorded_by -> Nullable<Text>,
        recorded_at -> Text,
    }
}

diesel::table! {
    check_in (id) {
        id -> Text,
        site_id -> Text,
        patient_id -> Text,
        infusion_id -> Text,
        code -> Text,
        opens_at -> Text,
        due_at -> Text,
        closes_at -> Text,
        state -> Text,
        prompted_at -> Nullable<Text>,
        answered_at -> Nullable<Text>,
        answered_late -> Bool,
        report_id -> Nullable<Text>,
        settled_at -> Nullable<Text>,
        recorded_at -> Text,
    }
}

diesel::table! {
    link (id) {
        id -> Text,
        patient_id -> Text,
        infusion_id -> Text,
        nonce -> Text,
        token_hash -> Text,
        created_at -> Text,
        expires_at -> Text,
        revoked_at -> Nullable<Text>,
    }
}

diesel::table! {
    visit (token_hash) {
        token_hash -> Text,
        link_id -> Text,
        language -> Text,
        created_at -> Text,
        expires_at -> Text,
        birth_year_at -> Nullable<Text>,
        wrong_birth_years -> Integer,
    }
}

diesel::table! {
    draft (id) {
        id -> Text,
        site_id -> Text,
        patient_id -> Text,
        infusion_id -> Text,
        link_id -> Nullable<Text>,
        visit_hash -> Nullable<Text>,
        staff_id -> Nullable<Text>,
        source -> Text,
        language -> Text,
        answers -> Text,
        started_at -> Text,
        updated_at -> Text,
        task_id -> Nullable<Text>,
        report_id -> Nullable<Text>,
    }
}

diesel::table! {
    report (id) {
        id -> Text,
        reference -> Text,
        site_id -> Text,
        patient_id -> Text,
        infusion_id -> Text,
        draft_id -> Nullable<Text>,
        idempotency_key -> Nullable<Text>,
        supersedes -> Nullable<Text>,
        source -> Text,
        mode -> Text,
        staff_id -> Nullable<Text>,
        language -> Text,
        received_at -> Text,
        hours_since_infusion -> Text,
        input -> Text,
        free_text -> Nullable<Text>,
        temp_adj_c -> Nullable<Text>,
        level -> Text,
        evaluation -> Text,
        rule_set -> Text,
        rule_set_version -> Integer,
        ctcae_version -> Text,
        task_id -> Nullable<Text>,
        recorded_at -> Text,
    }
}

diesel::table! {
    report_symptom (report_id, code) {
        report_id -> Text,
        infusion_id -> Text,
        code -> Text,
        grade -> Nullable<Integer>,
        ctcae_version -> Text,
        onset_h -> Nullable<Text>,
        duration_h -> Nullable<Text>,
        resolved_h_ago -> Nullable<Text>,
        in_expected_window -> Bool,
        preexisting -> Bool,
        answers -> Text,
    }
}

diesel::table! {
    grade_confirmation (id) {
        id -> Text,
        report_id -> Text,
        code -> Text,
        grade -> Integer,
        ctcae_version -> Text,
        reason -> Nullable<Text>,
        confirmed_by -> Text,
        confirmed_at -> Text,
    }
}

diesel::table! {
    staff_grade (id) {
        id -> Text,
        site_id -> Text,
        patient_id -> Text,
        infusion_id -> Text,
        term -> Text,
        grade -> Integer,
        scale -> Text,
        findings -> Text,
        reason -> Nullable<Text>,
        graded_by -> Text,
        graded_at -> Text,
    }
}

diesel::table! {
    rule_set (id, version) {
        id -> Text,
        version -> Integer,
        sha256 -> Text,
        text -> Text,
        first_used_at -> Text,
    }
}

diesel::table! {
    task (id) {
        id -> Text,
        number -> BigInt,
        site_id -> Text,
        patient_id -> Text,
        infusion_id -> Text,
        kind -> Text,
        level -> Text,
        urgency_rank -> Integer,
        state -> Text,
        owner_id -> Nullable<Text>,
        opened_at -> Text,
        raised_at -> Text,
        acknowledge_by -> Nullable<Text>,
        contact_by -> Text,
        acknowledged_at -> Nullable<Text>,
        acknowledged_by -> Nullable<Text>,
        reached_at -> Nullable<Text>,
        next_try_at -> Nullable<Text>,
        closed_at -> Nullable<Text>,
        closed_by -> Nullable<Text>,
        outcome -> Nullable<Text>,
        worth_a_flag -> Nullable<Text>,
        version -> Integer,
    }
}

diesel::table! {
    flag (id) {
        id -> Text,
        task_id -> Text,
        report_id -> Nullable<Text>,
        draft_id -> Nullable<Text>,
        check_in_id -> Nullable<Text>,
        lot_event_id -> Nullable<Text>,
        rule -> Text,
        rule_set -> Text,
        rule_set_version -> Integer,
        level -> Text,
        historic -> Bool,
        because -> Text,
        raised_at -> Text,
    }
}

diesel::table! {
    lot_event (id) {
        id -> Text,
        site_id -> Text,
        lot_id -> Text,
        kind -> Text,
        note -> Nullable<Text>,
        recorded_at -> Text,
        recorded_by -> Nullable<Text>,
        withdrawn_at -> Nullable<Text>,
    }
}

diesel::table! {
    snooze (id) {
        id -> Text,
        site_id -> Text,
        patient_id -> Text,
        infusion_id -> Text,
        report_id -> Text,
        symptom -> Text,
        grade -> Integer,
        rules -> Text,
        known -> Text,
        until -> Text,
        reason -> Text,
        made_at -> Text,
        made_by -> Text,
        ended_at -> Nullable<Text>,
        ended_by -> Nullable<Text>,
        end_cause -> Nullable<Text>,
        end_reason -> Nullable<Text>,
    }
}

diesel::table! {
    snoozed_flag (report_id, rule) {
        report_id -> Text,
        snooze_id -> Text,
        rule -> Text,
        rule_set -> Text,
        rule_set_version -> Integer,
        level -> Text,
        historic -> Bool,
        because -> Text,
        raised_at -> Text,
    }
}

diesel::table! {
    task_undo (id) {
        id -> Text,
        task_id -> Text,
        staff_id -> Text,
        step -> Text,
        at -> Text,
        version -> Integer,
        owner_id -> Nullable<Text>,
        acknowledged_at -> Nullable<Text>,
        acknowledged_by -> Nullable<Text>,
        next_try_at -> Nullable<Text>,
    }
}

diesel::table! {
    task_event (id) {
        id -> Text,
        task_id -> Text,
        at -> Text,
        staff_id -> Nullable<Text>,
        kind -> Text,
        call_result -> Nullable<Text>,
        next_try_at -> Nullable<Text>,
        to_staff_id -> Nullable<Text>,
        report_id -> Nullable<Text>,
        level -> Nullable<Text>,
        outcome -> Nullable<Text>,
        note -> Nullable<Text>,
    }
}

diesel::table! {
    outbox (id) {
        id -> Text,
        kind -> Text,
        priority -> Integer,
        site_id -> Nullable<Text>,
        patient_id -> Nullable<Text>,
        staff_id -> Nullable<Text>,
        infusion_id -> Nullable<Text>,
        check_in_id -> Nullable<Text>,
        task_id -> Nullable<Text>,
        link_id -> Nullable<Text>,
        fault -> Nullable<Text>,
        to_operator -> Bool,
        language -> Text,
        due_at -> Text,
        pointless_at -> Nullable<Text>,
        state -> Text,
        cause -> Nullable<Text>,
        next_try_at -> Text,
        lease_until -> Nullable<Text>,
        letter_text_id -> Nullable<Text>,
        attempts -> Integer,
        message_id -> Text,
        dedup_key -> Text,
        settled_at -> Nullable<Text>,
        recorded_at -> Text,
    }
}

diesel::table! {
    letter_text (id) {
        id -> Text,
        kind -> Text,
        language -> Text,
        site_id -> Nullable<Text>,
        version -> Integer,
        subject -> Nullable<Text>,
        body -> Nullable<Text>,
        made_by -> Text,
        made_at -> Text,
    }
}

diesel::table! {
    delivery_attempt (id) {
        id -> Text,
        outbox_id -> Text,
        at -> Text,
        result -> Text,
        detail -> Nullable<Text>,
    }
}

diesel::table! {
    audit (seq) {
        seq -> BigInt,
        at -> Text,
        actor_kind -> Text,
        actor_id -> Nullable<Text>,
        actor_name -> Text,
        site_id -> Nullable<Text>,
        action -> Text,
        object_kind -> Text,
        object_id -> Text,
        detail -> Text,
        format -> Integer,
        prev_hash -> Text,
        hash -> Text,
    }
}

diesel::table! {
    installation (key) {
        key -> Text,
        value -> Text,
    }
}

diesel::table! {
    rota_shift (id) {
        id -> Text,
        site_id -> Text,
        staff_id -> Text,
        audience -> Text,
        weekday -> Nullable<Integer>,
        from_min -> Nullable<Integer>,
        to_min -> Nullable<Integer>,
        recorded_at -> Text,
    }
}

diesel::table! {
    question (id) {
        id -> Text,
        task_id -> Text,
        infusion_id -> Text,
        check_in_id -> Text,
        text -> Text,
        asked_at -> Text,
        asked_by -> Text,
        report_id -> Nullable<Text>,
    }
}

diesel::table! {
    rota_exception (id) {
        id -> Text,
        site_id -> Text,
        kind -> Text,
        staff_id -> Nullable<Text>,
        audience -> Nullable<Text>,
        from_day -> Text,
        to_day -> Text,
        from_min -> Nullable<Integer>,
        to_min -> Nullable<Integer>,
        recorded_at -> Text,
    }
}

diesel::table! {
    escalation_policy (id) {
        id -> Text,
        site_id -> Text,
        version -> Integer,
        recorded_by -> Text,
        recorded_at -> Text,
    }
}

diesel::table! {
    escalation_time (policy_id, level) {
        policy_id -> Text,
        level -> Text,
        charge_nurse_min -> Integer,
        physician_min -> Integer,
        safety_officer_min -> Integer,
        repeat_min -> Integer,
    }
}

diesel::table! {
    task_step (id) {
        id -> Text,
        task_id -> Text,
        chain -> Integer,
        round -> Integer,
        number -> Integer,
        audience -> Text,
        due_at -> Text,
        repeat_min -> Integer,
        policy_version -> Nullable<Integer>,
        state -> Text,
        cause -> Nullable<Text>,
        is_stand_in -> Bool,
        settled_at -> Nullable<Text>,
    }
}

diesel::table! {
    step_told (step_id, staff_id) {
        step_id -> Text,
        staff_id -> Text,
        outbox_id -> Text,
    }
}

diesel::table! {
    web_hook (site_id) {
        site_id -> Text,
        url -> Text,
        secret -> Text,
        is_active -> Bool,
        version -> Integer,
        recorded_at -> Text,
    }
}

diesel::table! {
    hook_call (id) {
        id -> Text,
        site_id -> Text,
        task_id -> Nullable<Text>,
        state -> Text,
        attempts -> Integer,
        due_at -> Text,
        next_try_at -> Text,
        pointless_at -> Text,
        detail -> Nullable<Text>,
        dedup_key -> Text,
        settled_at -> Nullable<Text>,
    }
}

diesel::joinable!(recovery_code -> staff (staff_id));
diesel::joinable!(staff_invitation -> staff (staff_id));
diesel::joinable!(membership -> staff (staff_id));
diesel::joinable!(membership -> site (site_id));
diesel::joinable!(duty -> site (site_id));
diesel::joinable!(duty -> staff (staff_id));
diesel::joinable!(session -> staff (staff_id));
diesel::joinable!(api_token -> site (site_id));
diesel::joinable!(api_token -> staff (created_by));
diesel::joinable!(patient -> site (site_id));
diesel::joinable!(patient_contact -> patient (patient_id));
diesel::joinable!(consent -> patient (patient_id));
diesel::joinable!(consent -> staff (recorded_by));
diesel::joinable!(lot -> site (site_id));
diesel::joinable!(lot -> product (product_id));
diesel::joinable!(lot -> patient (patient_id));
diesel::joinable!(course -> site (site_id));
diesel::joinable!(course -> patient (patient_id));
diesel::joinable!(course -> product (product_id));
diesel::joinable!(infusion -> site (site_id));
diesel::joinable!(infusion -> patient (patient_id));
diesel::joinable!(infusion -> course (course_id));
diesel::joinable!(infusion -> lot (lot_id));
diesel::joinable!(infusion -> staff (recorded_by));
diesel::joinable!(infusion -> schedule_version (schedule_version_id));
diesel::joinable!(schedule_version -> product (product_id));
diesel::joinable!(schedule_version -> staff (made_by));
diesel::joinable!(mail_pause -> site (site_id));
diesel::joinable!(mail_pause -> staff (began_by));
diesel::joinable!(chair_observation -> infusion (infusion_id));
diesel::joinable!(chair_observation -> staff (recorded_by));
diesel::joinable!(check_in -> site (site_id));
diesel::joinable!(check_in -> patient (patient_id));
diesel::joinable!(check_in -> infusion (infusion_id));
diesel::joinable!(check_in -> report (report_id));
diesel::joinable!(link -> patient (patient_id));
diesel::joinable!(link -> infusion (infusion_id));
diesel::joinable!(visit -> link (link_id));
diesel::joinable!(draft -> site (site_id));
diesel::joinable!(draft -> patient (patient_id));
diesel::joinable!(draft -> infusion (infusion_id));
diesel::joinable!(draft -> link (link_id));
diesel::joinable!(draft -> visit (visit_hash));
diesel::joinable!(draft -> staff (staff_id));
diesel::joinable!(draft -> task (task_id));
diesel::joinable!(draft -> report (report_id));
diesel::joinable!(report -> site (site_id));
diesel::joinable!(report -> patient (patient_id));
diesel::joinable!(report -> infusion (infusion_id));
diesel::joinable!(report -> staff (staff_id));
diesel::joinable!(report -> task (task_id));
diesel::joinable!(report_symptom -> report (report_id));
diesel::joinable!(report_symptom -> infusion (infusion_id));
diesel::joinable!(grade_confirmation -> staff (confirmed_by));
diesel::joinable!(grade_confirmation -> report (report_id));
diesel::joinable!(staff_grade -> site (site_id));
diesel::joinable!(staff_grade -> patient (patient_id));
diesel::joinable!(staff_grade -> infusion (infusion_id));
diesel::joinable!(staff_grade -> staff (graded_by));
diesel::joinable!(task -> site (site_id));
diesel::joinable!(task -> patient (patient_id));
diesel::joinable!(task -> infusion (infusion_id));
diesel::joinable!(flag -> task (task_id));
diesel::joinable!(flag -> report (report_id));
diesel::joinable!(flag -> draft (draft_id));
diesel::joinable!(flag -> check_in (check_in_id));
diesel::joinable!(flag -> lot_event (lot_event_id));
diesel::joinable!(lot_event -> lot (lot_id));
diesel::joinable!(snooze -> patient (patient_id));
diesel::joinable!(snooze -> staff (made_by));
diesel::joinable!(snoozed_flag -> report (report_id));
diesel::joinable!(snoozed_flag -> snooze (snooze_id));
diesel::joinable!(task_event -> task (task_id));
diesel::joinable!(task_undo -> task (task_id));
diesel::joinable!(task_event -> report (report_id));
diesel::joinable!(outbox -> letter_text (letter_text_id));
diesel::joinable!(letter_text -> staff (made_by));
diesel::joinable!(outbox -> site (site_id));
diesel::joinable!(outbox -> patient (patient_id));
diesel::joinable!(outbox -> staff (staff_id));
diesel::joinable!(outbox -> infusion (infusion_id));
diesel::joinable!(outbox -> check_in (check_in_id));
diesel::joinable!(outbox -> task (task_id));
diesel::joinable!(outbox -> link (link_id));
diesel::joinable!(delivery_attempt -> outbox (outbox_id));
diesel::joinable!(question -> check_in (check_in_id));
diesel::joinable!(rota_shift -> site (site_id));
diesel::joinable!(rota_shift -> staff (staff_id));
diesel::joinable!(escalation_policy -> site (site_id));
diesel::joinable!(escalation_time -> escalation_policy (policy_id));
diesel::joinable!(task_step -> task (task_id));
diesel::joinable!(step_told -> task_step (step_id));
diesel::joinable!(step_told -> staff (staff_id));
diesel::joinable!(step_told -> outbox (outbox_id));
diesel::joinable!(web_hook -> site (site_id));
diesel::joinable!(hook_call -> site (site_id));
diesel::joinable!(hook_call -> task (task_id));

diesel::allow_tables_to_appear_in_same_query!(
    site,
    staff,
    recovery_code,
    staff_invitation,
    membership,
    duty,
    session,
    api_token,
    product,
    patient,
    patient_contact,
    consent,
    lot,
    course,
    infusion,
    chair_observation,
    check_in,
    link,
    visit,
    draft,
    report,
    report_symptom,
    grade_confirmation,
    staff_grade,
    rule_set,
    task,
    flag,
    lot_event,
    snooze,
    snoozed_flag,
    task_event,
    task_undo,
    letter_text,
    outbox,
    delivery_attempt,
    audit,
    rota_shift,
    rota_exception,
    question,
    escalation_policy,
    escalation_time,
    task_step,
    step_told,
    web_hook,
    hook_call,
    installation,
    schedule_version,
    mail_pause,
);
