-- JumpOnion on 25 April 2026, after the fix and before any clean-up.
--
-- From 1 to 24 April the analytics pipeline ran without its model file: 20 uploads of seven
-- paying customers hold dark rotation metrics, stamped with version 6. Version 7 is right.
-- Diagnoses and training plans come from other pipelines and are current. The people, their
-- clips and all texts are invented.

PRAGMA application_id = 1667523952;  -- marks the file as a demo, which may be built again

CREATE TABLE users (
    id INTEGER PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    plan TEXT NOT NULL,
    auth_source TEXT NOT NULL,
    created_at TEXT NOT NULL
);

CREATE TABLE uploads (
    id INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    sport TEXT NOT NULL,
    clip TEXT NOT NULL,
    created_at TEXT NOT NULL,
    duration_ms INTEGER NOT NULL,
    rotation_metrics TEXT,
    rotation_version INTEGER,
    diagnosis_text TEXT,
    training_plan TEXT
);

CREATE INDEX uploads_by_user ON uploads (user_id);
CREATE INDEX uploads_by_time ON uploads (created_at);

-- Full response texts are kept since 28 February 2026.
CREATE TABLE llm_call_log (
    id INTEGER PRIMARY KEY,
    task_id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    model TEXT NOT NULL,
    created_at TEXT NOT NULL,
    response_text TEXT,
    error TEXT NOT NULL
);

CREATE INDEX llm_call_log_by_task ON llm_call_log (task_id);

INSERT INTO users VALUES
  (1, 'mara.lindt@example.com', 'Mara Lindt', 'pro', 'google', '2025-03-02'),
  (2, 'jonas.weber@example.com', 'Jonas Weber', 'pro', 'password', '2025-04-11'),
  (3, 'aiko.tan@example.com', 'Aiko Tan', 'club', 'google', '2025-05-20'),
  (4, 'luis.ortega@example.com', 'Luis Ortega', 'pro', 'apple', '2025-07-08'),
  (5, 'priya.nair@example.com', 'Priya Nair', 'pro', 'google', '2025-09-15'),
  (6, 'tomasz.kowal@example.com', 'Tomasz Kowal', 'club', 'password', '2025-10-01'),
  (7, 'emma.oduya@example.com', 'Emma Oduya', 'pro', 'google', '2026-01-19'),
  (8, 'noah.fisk@example.com', 'Noah Fisk', 'free', 'google', '2026-01-27'),
  (9, 'lea.brandt@example.com', 'Lea Brandt', 'free', 'password', '2026-02-10'),
  (10, 'viktor.sand@example.com', 'Viktor Sand', 'pro', 'apple', '2025-11-30'),
  (11, 'hana.sato@example.com', 'Hana Sato', 'pro', 'google', '2026-04-25'),
  (12, 'qa.robot@example.com', 'QA Robot', 'pro', 'test', '2026-01-02');

INSERT INTO uploads VALUES
  (101, 1, 'figure_skating', 'triple_toe_101.mp4', '2026-02-14 17:20:11', 7258, '{"rotations": 2.0, "peak_deg_per_s": 946, "axis_tilt_deg": 9.7, "airtime_ms": 417, "joints_tracked": 17}', 7, 'Mara, good speed into the takeoff: you keep it instead of checking it on the three-turn. You look for the ice before the rotation is finished, and the chin pulls the axis forward. Film the next attempt from the front, then we can see both shoulders.', 'Week plan for clip 101:
Mon: 3 x 5 single jumps from a standing start, held landing for two seconds
Wed: backspin with the free leg crossed, 4 x 8 turns
Fri: waltz jump into backspin, 10 each side of the rink
Sun: one new clip for comparison'),
  (102, 10, 'diving', '5132d_102.mp4', '2026-02-20 19:02:45', 13970, '{"rotations": 1.5, "peak_deg_per_s": 747, "axis_tilt_deg": 6.1, "airtime_ms": 1241, "joints_tracked": 17}', 7, 'Viktor, the line into the water is close to vertical in spite of the late opening. The pike is closed with the hands behind the knees instead of in front, so opening takes longer. Say it to yourself before the clip starts; after the jump is too late.', 'Week plan for clip 102:
Mon: dry board: hurdle and press, 3 x 8
Wed: pike-up on the mat, 4 x 6, hands in front of the knees
Fri: 20 jumps from the side of the pool, straight line, hands over the head
Sun: rest'),
  (103, 3, 'figure_skating', 'triple_salchow_103.mp4', '2026-03-03 08:15:30', 13517, '{"rotations": 3.0, "peak_deg_per_s": 1416, "axis_tilt_deg": 6.0, "airtime_ms": 556, "joints_tracked": 17}', 7, 'Aiko, you leave the ice from a clean outside edge, which was not so in February. The right shoulder follows late; your hips wait for it and the jump stalls at its highest point. Do not add height yet; the same jump with a calmer start is worth more.', 'Week plan for clip 103:
Mon: waltz jump into backspin, 10 each side of the rink
Wed: off-ice: jump rope 3 x 2 minutes, then box jumps 3 x 6
Fri: 20 walk-through rotations on the floor, arms closed at the first quarter
Sun: light stretching, 20 minutes'),
  (104, 8, 'trampoline', 'half_out_104.mp4', '2026-03-05 20:41:09', 13418, NULL, 7, 'Noah, the twist starts late, as it should, after the hips have passed the vertical. The arms come down unevenly, which tilts the somersault. Think of closing a book, not of pulling a rope.', NULL),
  (105, 2, 'trampoline', 'full_in_105.mp4', '2026-03-09 18:33:57', 8030, '{"rotations": 2.5, "peak_deg_per_s": 1217, "axis_tilt_deg": 3.4, "airtime_ms": 1197, "joints_tracked": 17}', 7, 'Jonas, your contact with the bed is straight and both feet leave together. You bend at the hips when you look for the bed, and the last quarter of the turn slows down. Two clean ones in a row are the sign to go on, not one great one.', 'Week plan for clip 105:
Mon: 10 straight jumps with the arms held overhead
Wed: 3 x 5 half turns with the eyes on the end deck
Fri: back drop to standing, 12 calm repetitions
Sun: rest'),
  (106, 12, 'trampoline', 'rudy_106.mp4', '2026-03-11 03:00:00', 7985, '{"rotations": 1.5, "peak_deg_per_s": 757, "axis_tilt_deg": 9.4, "airtime_ms": 497, "joints_tracked": 17}', 7, 'QA, the arms are up before the hips turn, so the height is there. The knees part a little in the second half of the twist and take speed out of it. A good cue: elbows to the ribs before you look.', 'Week plan for clip 106:
Mon: 3 x 5 half turns with the eyes on the end deck
Wed: back drop to standing, 12 calm repetitions
Fri: cat twist from the back, 3 x 4, then the same with a full turn
Sun: light stretching, 20 minutes'),
  (107, 10, 'diving', 'inward_half_107.mp4', '2026-03-17 12:26:40', 7212, '{"rotations": 2.5, "peak_deg_per_s": 1180, "axis_tilt_deg": 9.3, "airtime_ms": 850, "joints_tracked": 17}', 7, 'Viktor, the press of the board is patient, and your shoulders stay above the hips. The head leads the somersault; the hips follow and the distance to the board shrinks. If it feels slow, it is probably right.', 'Week plan for clip 107:
Mon: pike-up on the mat, 4 x 6, hands in front of the knees
Wed: 20 jumps from the side of the pool, straight line, hands over the head
Fri: 5 x the same dive from one metre before going up
Sun: one new clip for comparison'),
  (108, 5, 'diving', '5152b_108.mp4', '2026-03-21 16:08:22', 6531, '{"rotations": 1.5, "peak_deg_per_s": 637, "axis_tilt_deg": 8.8, "airtime_ms": 1071, "joints_tracked": 17}', 7, 'Priya, the hurdle is high and you land on the end of the board, not behind it. The pike is closed with the hands behind the knees instead of in front, so opening takes longer. Count it aloud: one for the set, two for the turn, three for the bed of the landing.', 'Week plan for clip 108:
Mon: 20 jumps from the side of the pool, straight line, hands over the head
Wed: 5 x the same dive from one metre before going up
Fri: dry board: hurdle and press, 3 x 8
Sun: rest'),
  (109, 9, 'snowboard', 'cab_540_109.mp4', '2026-03-28 14:55:03', 13339, '{"rotations": 3.0, "peak_deg_per_s": 1461, "axis_tilt_deg": 4.5, "airtime_ms": 496, "joints_tracked": 17}', 7, 'Lea, your approach line is straight and the shoulders stay over the board. The leading shoulder stops at 540 degrees and the board has to finish alone. Leave the landing alone this week, it repairs itself when the axis is upright.', NULL),
  (110, 6, 'trampoline', 'full_in_110.mp4', '2026-03-31 21:47:18', 11712, '{"rotations": 1.0, "peak_deg_per_s": 450, "axis_tilt_deg": 2.3, "airtime_ms": 862, "joints_tracked": 17}', 7, 'Tomasz, your contact with the bed is straight and both feet leave together. You bend at the hips when you look for the bed, and the last quarter of the turn slows down. Film the next attempt from the front, then we can see both shoulders.', 'Week plan for clip 110:
Mon: 10 straight jumps with the arms held overhead
Wed: 3 x 5 half turns with the eyes on the end deck
Fri: back drop to standing, 12 calm repetitions
Sun: one new clip for comparison'),
  (111, 3, 'figure_skating', 'triple_toe_111.mp4', '2026-04-01 07:52:10', 3042, '{"rotations": 0.0, "peak_deg_per_s": 0, "axis_tilt_deg": null, "airtime_ms": 531, "joints_tracked": 0}', 6, 'Aiko, good speed into the takeoff: you keep it instead of checking it on the three-turn. You look for the ice before the rotation is finished, and the chin pulls the axis forward. Say it to yourself before the clip starts; after the jump is too late.', 'Week plan for clip 111:
Mon: 3 x 5 single jumps from a standing start, held landing for two seconds
Wed: backspin with the free leg crossed, 4 x 8 turns
Fri: waltz jump into backspin, 10 each side of the rink
Sun: rest'),
  (112, 1, 'figure_skating', 'double_lutz_112.mp4', '2026-04-02 18:05:33', 4509, '{"rotations": 0.0, "peak_deg_per_s": 0, "axis_tilt_deg": null, "airtime_ms": 598, "joints_tracked": 0}', 6, 'Mara, the takeoff is on time, and your head stays level through the first half turn. What costs you the rotation is the left arm: it opens in the air and you come out a quarter early. Do not add height yet; the same jump with a calmer start is worth more.', 'Week plan for clip 112:
Mon: backspin with the free leg crossed, 4 x 8 turns
Wed: waltz jump into backspin, 10 each side of the rink
Fri: off-ice: jump rope 3 x 2 minutes, then box jumps 3 x 6
Sun: light stretching, 20 minutes'),
  (113, 2, 'trampoline', 'double_back_113.mp4', '2026-04-03 19:14:02', 8154, '{"rotations": 0.0, "peak_deg_per_s": 0, "axis_tilt_deg": null, "airtime_ms": 539, "joints_tracked": 0}', 6, 'Jonas, the set is long and calm; nothing is rushed before the somersault. The tuck opens in two movements; the second one costs you the straight line. Think of closing a book, not of pulling a rope.', 'Week plan for clip 113:
Mon: cat twist from the back, 3 x 4, then the same with a full turn
Wed: off the bed: hollow hold 4 x 30 seconds
Fri: 10 straight jumps with the arms held overhead
Sun: one new clip for comparison'),
  (114, 5, 'diving', '5132d_114.mp4', '2026-04-05 10:22:48', 4821, '{"rotations": 0.0, "peak_deg_per_s": 0, "axis_tilt_deg": null, "airtime_ms": 806, "joints_tracked": 0}', 6, 'Priya, the line into the water is close to vertical in spite of the late opening. The pike is closed with the hands behind the knees instead of in front, so opening takes longer. Two clean ones in a row are the sign to go on, not one great one.', 'Week plan for clip 114:
Mon: dry board: hurdle and press, 3 x 8
Wed: pike-up on the mat, 4 x 6, hands in front of the knees
Fri: 20 jumps from the side of the pool, straight line, hands over the head
Sun: rest'),
  (115, 3, 'figure_skating', 'double_axel_115.mp4', '2026-04-06 08:03:27', 3128, '{"rotations": 0.0, "peak_deg_per_s": 0, "axis_tilt_deg": null, "airtime_ms": 537, "joints_tracked": 0}', 6, 'Aiko, the entry edge is quiet and the free leg passes close; that is the strongest part of this jump. The axis leans towards the free side after the takeoff, so the landing edge has to save it. A good cue: elbows to the ribs before you look.', 'Week plan for clip 115:
Mon: 20 walk-through rotations on the floor, arms closed at the first quarter
Wed: 3 x 5 single jumps from a standing start, held landing for two seconds
Fri: backspin with the free leg crossed, 4 x 8 turns
Sun: light stretching, 20 minutes'),
  (116, 6, 'trampoline', 'rudy_116.mp4', '2026-04-07 20:31:55', 9383, '{"rotations": 0.0, "peak_deg_per_s": 0, "axis_tilt_deg": null, "airtime_ms": 1165, "joints_tracked": 0}', 6, 'Tomasz, the arms are up before the hips turn, so the height is there. The knees part a little in the second half of the twist and take speed out of it. If it feels slow, it is probably right.', 'Week plan for clip 116:
Mon: 3 x 5 half turns with the eyes on the end deck
Wed: back drop to standing, 12 calm repetitions
Fri: cat twist from the back, 3 x 4, then the same with a full turn
Sun: one new clip for comparison'),
  (117, 1, 'figure_skating', 'double_lutz_117.mp4', '2026-04-08 17:49:16', 8137, '{"rotations": 0.0, "peak_deg_per_s": 0, "axis_tilt_deg": null, "airtime_ms": 668, "joints_tracked": 0}', 6, 'Mara, the takeoff is on time, and your head stays level through the first half turn. What costs you the rotation is the left arm: it opens in the air and you come out a quarter early. Count it aloud: one for the set, two for the turn, three for the bed of the landing.', 'Week plan for clip 117:
Mon: backspin with the free leg crossed, 4 x 8 turns
Wed: waltz jump into backspin, 10 each side of the rink
Fri: off-ice: jump rope 3 x 2 minutes, then box jumps 3 x 6
Sun: rest'),
  (118, 4, 'snowboard', 'cab_540_118.mp4', '2026-04-09 15:12:39', 7242, '{"rotations": 0.0, "peak_deg_per_s": 0, "axis_tilt_deg": null, "airtime_ms": 415, "joints_tracked": 0}', 6, 'Luis, your approach line is straight and the shoulders stay over the board. The leading shoulder stops at 540 degrees and the board has to finish alone. Leave the landing alone this week, it repairs itself when the axis is upright.', 'Week plan for clip 118:
Mon: small kicker: 10 x 360 with the landing spotted early
Wed: wall sits with a twist, 3 x 45 seconds
Fri: 15 flatland 180s on both edges
Sun: light stretching, 20 minutes'),
  (119, 3, 'figure_skating', 'axel_combo_119.mp4', '2026-04-10 07:58:44', 4849, '{"rotations": 0.0, "peak_deg_per_s": 0, "axis_tilt_deg": null, "airtime_ms": 629, "joints_tracked": 0}', 6, 'Aiko, the knee bend before the takeoff is deeper than in your last clip, and you gain height from it. The free leg swings around instead of through, which turns height into travel. Film the next attempt from the front, then we can see both shoulders.', 'Week plan for clip 119:
Mon: off-ice: jump rope 3 x 2 minutes, then box jumps 3 x 6
Wed: 20 walk-through rotations on the floor, arms closed at the first quarter
Fri: 3 x 5 single jumps from a standing start, held landing for two seconds
Sun: one new clip for comparison'),
  (120, 2, 'trampoline', 'full_in_120.mp4', '2026-04-12 11:40:21', 4531, '{"rotations": 0.0, "peak_deg_per_s": 0, "axis_tilt_deg": null, "airtime_ms": 753, "joints_tracked": 0}', 6, 'Jonas, your contact with the bed is straight and both feet leave together. You bend at the hips when you look for the bed, and the last quarter of the turn slows down. Say it to yourself before the clip starts; after the jump is too late.', 'Week plan for clip 120:
Mon: 10 straight jumps with the arms held overhead
Wed: 3 x 5 half turns with the eyes on the end deck
Fri: back drop to standing, 12 calm repetitions
Sun: rest'),
  (121, 7, 'figure_skating', 'triple_toe_121.mp4', '2026-04-13 18:27:05', 7686, '{"rotations": 0.0, "peak_deg_per_s": 0, "axis_tilt_deg": null, "airtime_ms": 477, "joints_tracked": 0}', 6, 'Emma, good speed into the takeoff: you keep it instead of checking it on the three-turn. You look for the ice before the rotation is finished, and the chin pulls the axis forward. Do not add height yet; the same jump with a calmer start is worth more.', 'Week plan for clip 121:
Mon: 3 x 5 single jumps from a standing start, held landing for two seconds
Wed: backspin with the free leg crossed, 4 x 8 turns
Fri: waltz jump into backspin, 10 each side of the rink
Sun: light stretching, 20 minutes'),
  (122, 5, 'diving', '5132d_122.mp4', '2026-04-14 16:36:50', 6214, '{"rotations": 0.0, "peak_deg_per_s": 0, "axis_tilt_deg": null, "airtime_ms": 816, "joints_tracked": 0}', 6, 'Priya, the line into the water is close to vertical in spite of the late opening. The pike is closed with the hands behind the knees instead of in front, so opening takes longer. Think of closing a book, not of pulling a rope.', 'Week plan for clip 122:
Mon: dry board: hurdle and press, 3 x 8
Wed: pike-up on the mat, 4 x 6, hands in front of the knees
Fri: 20 jumps from the side of the pool, straight line, hands over the head
Sun: one new clip for comparison'),
  (123, 1, 'figure_skating', 'triple_salchow_123.mp4', '2026-04-15 18:11:12', 5549, '{"rotations": 0.0, "peak_deg_per_s": 0, "axis_tilt_deg": null, "airtime_ms": 476, "joints_tracked": 0}', 6, 'Mara, you leave the ice from a clean outside edge, which was not so in February. The right shoulder follows late; your hips wait for it and the jump stalls at its highest point. Two clean ones in a row are the sign to go on, not one great one.', 'Week plan for clip 123:
Mon: waltz jump into backspin, 10 each side of the rink
Wed: off-ice: jump rope 3 x 2 minutes, then box jumps 3 x 6
Fri: 20 walk-through rotations on the floor, arms closed at the first quarter
Sun: rest'),
  (124, 3, 'figure_skating', 'axel_combo_124.mp4', '2026-04-17 08:09:58', 3569, '{"rotations": 0.0, "peak_deg_per_s": 0, "axis_tilt_deg": null, "airtime_ms": 633, "joints_tracked": 0}', 6, 'Aiko, the knee bend before the takeoff is deeper than in your last clip, and you gain height from it. The free leg swings around instead of through, which turns height into travel. A good cue: elbows to the ribs before you look.', 'Week plan for clip 124:
Mon: off-ice: jump rope 3 x 2 minutes, then box jumps 3 x 6
Wed: 20 walk-through rotations on the floor, arms closed at the first quarter
Fri: 3 x 5 single jumps from a standing start, held landing for two seconds
Sun: light stretching, 20 minutes'),
  (125, 6, 'trampoline', 'full_in_125.mp4', '2026-04-18 13:45:31', 9503, '{"rotations": 0.0, "peak_deg_per_s": 0, "axis_tilt_deg": null, "airtime_ms": 1036, "joints_tracked": 0}', 6, 'Tomasz, your contact with the bed is straight and both feet leave together. You bend at the hips when you look for the bed, and the last quarter of the turn slows down. If it feels slow, it is probably right.', 'Week plan for clip 125:
Mon: 10 straight jumps with the arms held overhead
Wed: 3 x 5 half turns with the eyes on the end deck
Fri: back drop to standing, 12 calm repetitions
Sun: one new clip for comparison'),
  (126, 4, 'snowboard', 'fs_720_126.mp4', '2026-04-19 14:02:14', 8518, '{"rotations": 0.0, "peak_deg_per_s": 0, "axis_tilt_deg": null, "airtime_ms": 685, "joints_tracked": 0}', 6, 'Luis, the wind-up begins on the flat and not on the lip, which keeps the board stable. You drop the back hand in the air, and the nose points down on landing. Count it aloud: one for the set, two for the turn, three for the bed of the landing.', 'Week plan for clip 126:
Mon: 15 flatland 180s on both edges
Wed: small kicker: 10 x 360 with the landing spotted early
Fri: wall sits with a twist, 3 x 45 seconds
Sun: rest'),
  (127, 2, 'trampoline', 'barani_out_127.mp4', '2026-04-20 19:20:37', 8391, '{"rotations": 0.0, "peak_deg_per_s": 0, "axis_tilt_deg": null, "airtime_ms": 1187, "joints_tracked": 0}', 6, 'Jonas, you stay in the middle of the bed for all three jumps of the run. The twist is thrown from one shoulder, so you drift towards the left line on landing. Leave the landing alone this week, it repairs itself when the axis is upright.', 'Week plan for clip 127:
Mon: back drop to standing, 12 calm repetitions
Wed: cat twist from the back, 3 x 4, then the same with a full turn
Fri: off the bed: hollow hold 4 x 30 seconds
Sun: light stretching, 20 minutes'),
  (128, 5, 'diving', '5152b_128.mp4', '2026-04-22 17:01:09', 4251, '{"rotations": 0.0, "peak_deg_per_s": 0, "axis_tilt_deg": null, "airtime_ms": 1063, "joints_tracked": 0}', 6, 'Priya, the hurdle is high and you land on the end of the board, not behind it. The pike is closed with the hands behind the knees instead of in front, so opening takes longer. Film the next attempt from the front, then we can see both shoulders.', 'Week plan for clip 128:
Mon: 20 jumps from the side of the pool, straight line, hands over the head
Wed: 5 x the same dive from one metre before going up
Fri: dry board: hurdle and press, 3 x 8
Sun: one new clip for comparison'),
  (129, 3, 'figure_skating', 'axel_combo_129.mp4', '2026-04-23 07:55:42', 4577, '{"rotations": 0.0, "peak_deg_per_s": 0, "axis_tilt_deg": null, "airtime_ms": 545, "joints_tracked": 0}', 6, 'Aiko, the knee bend before the takeoff is deeper than in your last clip, and you gain height from it. The free leg swings around instead of through, which turns height into travel. Say it to yourself before the clip starts; after the jump is too late.', 'Week plan for clip 129:
Mon: off-ice: jump rope 3 x 2 minutes, then box jumps 3 x 6
Wed: 20 walk-through rotations on the floor, arms closed at the first quarter
Fri: 3 x 5 single jumps from a standing start, held landing for two seconds
Sun: rest'),
  (130, 1, 'figure_skating', 'double_axel_130.mp4', '2026-04-24 18:16:26', 8238, '{"rotations": 0.0, "peak_deg_per_s": 0, "axis_tilt_deg": null, "airtime_ms": 508, "joints_tracked": 0}', 6, 'Mara, the entry edge is quiet and the free leg passes close; that is the strongest part of this jump. The axis leans towards the free side after the takeoff, so the landing edge has to save it. Do not add height yet; the same jump with a calmer start is worth more.', 'Week plan for clip 130:
Mon: 20 walk-through rotations on the floor, arms closed at the first quarter
Wed: 3 x 5 single jumps from a standing start, held landing for two seconds
Fri: backspin with the free leg crossed, 4 x 8 turns
Sun: light stretching, 20 minutes'),
  (131, 8, 'trampoline', 'rudy_131.mp4', '2026-04-25 00:38:19', 12498, NULL, 6, 'Noah, the arms are up before the hips turn, so the height is there. The knees part a little in the second half of the twist and take speed out of it. Think of closing a book, not of pulling a rope.', NULL),
  (132, 11, 'figure_skating', 'double_lutz_132.mp4', '2026-04-25 09:12:04', 4141, '{"rotations": 2.25, "peak_deg_per_s": 981, "axis_tilt_deg": 9.4, "airtime_ms": 576, "joints_tracked": 17}', 7, 'Hana, the takeoff is on time, and your head stays level through the first half turn. What costs you the rotation is the left arm: it opens in the air and you come out a quarter early. Two clean ones in a row are the sign to go on, not one great one.', 'Week plan for clip 132:
Mon: backspin with the free leg crossed, 4 x 8 turns
Wed: waltz jump into backspin, 10 each side of the rink
Fri: off-ice: jump rope 3 x 2 minutes, then box jumps 3 x 6
Sun: rest'),
  (133, 4, 'snowboard', 'cab_540_133.mp4', '2026-04-25 10:47:53', 3929, '{"rotations": 2.0, "peak_deg_per_s": 958, "axis_tilt_deg": 7.9, "airtime_ms": 466, "joints_tracked": 17}', 7, 'Luis, your approach line is straight and the shoulders stay over the board. The leading shoulder stops at 540 degrees and the board has to finish alone. A good cue: elbows to the ribs before you look.', 'Week plan for clip 133:
Mon: small kicker: 10 x 360 with the landing spotted early
Wed: wall sits with a twist, 3 x 45 seconds
Fri: 15 flatland 180s on both edges
Sun: light stretching, 20 minutes'),
  (134, 9, 'snowboard', 'bs_360_134.mp4', '2026-04-25 13:30:40', 3638, NULL, NULL, NULL, NULL);

INSERT INTO llm_call_log VALUES
  (9001, 101, 'diagnosis', 'ok', 'video-coach-2', '2026-02-14 17:25:14', NULL, ''),
  (9002, 101, 'plan', 'ok', 'plan-writer-1', '2026-02-14 17:25:43', NULL, ''),
  (9003, 102, 'diagnosis', 'ok', 'video-coach-2', '2026-02-20 19:08:04', NULL, ''),
  (9004, 102, 'diagnosis', 'ok', 'video-coach-2', '2026-02-20 19:14:56', NULL, ''),
  (9005, 102, 'plan', 'ok', 'plan-writer-1', '2026-02-20 19:15:43', NULL, ''),
  (9006, 103, 'diagnosis', 'failed', 'video-coach-2', '2026-03-03 08:19:07', NULL, 'empty completion'),
  (9007, 103, 'diagnosis', 'ok', 'video-coach-2', '2026-03-03 08:20:32', 'Aiko, you leave the ice from a clean outside edge, which was not so in February. The right shoulder follows late; your hips wait for it and the jump stalls at its highest point. Do not add height yet; the same jump with a calmer start is worth more.', ''),
  (9008, 103, 'plan', 'failed', 'plan-writer-1', '2026-03-03 08:21:45', NULL, 'empty completion'),
  (9009, 103, 'plan', 'ok', 'plan-writer-1', '2026-03-03 08:22:30', 'Week plan for clip 103:
Mon: waltz jump into backspin, 10 each side of the rink
Wed: off-ice: jump rope 3 x 2 minutes, then box jumps 3 x 6
Fri: 20 walk-through rotations on the floor, arms closed at the first quarter
Sun: light stretching, 20 minutes', ''),
  (9010, 104, 'diagnosis', 'ok', 'video-coach-2', '2026-03-05 20:46:01', 'Noah, the twist starts late, as it should, after the hips have passed the vertical. The arms come down unevenly, which tilts the somersault. Think of closing a book, not of pulling a rope.', ''),
  (9011, 105, 'diagnosis', 'ok', 'video-coach-2', '2026-03-09 18:36:34', 'Jonas, your contact with the bed is straight and both feet leave together. You bend at the hips when you look for the bed, and the last quarter of the turn slows down. Two clean ones in a row are the sign to go on, not one great one.', ''),
  (9012, 105, 'plan', 'ok', 'plan-writer-1', '2026-03-09 18:38:07', 'Week plan for clip 105:
Mon: 10 straight jumps with the arms held overhead
Wed: 3 x 5 half turns with the eyes on the end deck
Fri: back drop to standing, 12 calm repetitions
Sun: rest', ''),
  (9013, 106, 'diagnosis', 'ok', 'video-coach-2', '2026-03-11 03:02:47', 'QA, the arms are up before the hips turn, so the height is there. The knees part a little in the second half of the twist and take speed out of it. A good cue: elbows to the ribs before you look.', ''),
  (9014, 106, 'plan', 'ok', 'plan-writer-1', '2026-03-11 03:03:32', 'Week plan for clip 109:
Mon: off the bed: hollow hold 4 x 30 seconds
Wed: 10 straight jumps with the arms held overhead
Fri: 3 x 5 half turns with the eyes on the end deck
Sun: light stretching, 20 minutes', ''),
  (9015, 106, 'plan', 'ok', 'plan-writer-1', '2026-03-11 03:10:16', 'Week plan for clip 106:
Mon: 3 x 5 half turns with the eyes on the end deck
Wed: back drop to standing, 12 calm repetitions
Fri: cat twist from the back, 3 x 4, then the same with a full turn
Sun: light stretching, 20 minutes', ''),
  (9016, 107, 'diagnosis', 'ok', 'video-coach-2', '2026-03-17 12:29:19', 'Viktor, the press of the board is patient, and your shoulders stay above the hips. The head leads the somersault; the hips follow and the distance to the board shrinks. If it feels slow, it is probably right.', ''),
  (9017, 107, 'plan', 'ok', 'plan-writer-1', '2026-03-17 12:29:45', 'Week plan for clip 107:
Mon: pike-up on the mat, 4 x 6, hands in front of the knees
Wed: 20 jumps from the side of the pool, straight line, hands over the head
Fri: 5 x the same dive from one metre before going up
Sun: one new clip for comparison', ''),
  (9018, 108, 'diagnosis', 'failed', 'video-coach-2', '2026-03-21 16:11:04', NULL, '429 rate limit, try again in 20 s'),
  (9019, 108, 'diagnosis', 'ok', 'video-coach-2', '2026-03-21 16:11:45', 'Priya, the hurdle is high and you land on the end of the board, not behind it. The pike is closed with the hands behind the knees instead of in front, so opening takes longer. Count it aloud: one for the set, two for the turn, three for the bed of the landing.', ''),
  (9020, 108, 'plan', 'failed', 'plan-writer-1', '2026-03-21 16:12:49', NULL, 'empty completion'),
  (9021, 108, 'plan', 'ok', 'plan-writer-1', '2026-03-21 16:13:17', 'Week plan for clip 108:
Mon: 20 jumps from the side of the pool, straight line, hands over the head
Wed: 5 x the same dive from one metre before going up
Fri: dry board: hurdle and press, 3 x 8
Sun: rest', ''),
  (9022, 109, 'diagnosis', 'ok', 'video-coach-2', '2026-03-28 14:57:54', 'Lea, your approach line is straight and the shoulders stay over the board. The leading shoulder stops at 540 degrees and the board has to finish alone. Do not add height yet; the same jump with a calmer start is worth more.', ''),
  (9023, 109, 'diagnosis', 'ok', 'video-coach-2', '2026-03-28 15:04:21', 'Lea, your approach line is straight and the shoulders stay over the board. The leading shoulder stops at 540 degrees and the board has to finish alone. Leave the landing alone this week, it repairs itself when the axis is upright.', ''),
  (9024, 110, 'diagnosis', 'ok', 'video-coach-2', '2026-03-31 21:50:14', 'Tomasz, your contact with the bed is straight and both feet leave together. You bend at the hips when you look for the bed, and the last quarter of the turn slows down. Film the next attempt from the front, then we can see both shoulders.', ''),
  (9025, 110, 'plan', 'ok', 'plan-writer-1', '2026-03-31 21:50:52', 'Week plan for clip 110:
Mon: 10 straight jumps with the arms held overhead
Wed: 3 x 5 half turns with the eyes on the end deck
Fri: back drop to standing, 12 calm repetitions
Sun: one new clip for comparison', ''),
  (9026, 111, 'diagnosis', 'ok', 'video-coach-2', '2026-04-01 07:57:26', 'Aiko, good speed into the takeoff: you keep it instead of checking it on the three-turn. You look for the ice before the rotation is finished, and the chin pulls the axis forward. Say it to yourself before the clip starts; after the jump is too late.', ''),
  (9027, 111, 'plan', 'ok', 'plan-writer-1', '2026-04-01 07:58:46', 'Week plan for clip 111:
Mon: 3 x 5 single jumps from a standing start, held landing for two seconds
Wed: backspin with the free leg crossed, 4 x 8 turns
Fri: waltz jump into backspin, 10 each side of the rink
Sun: rest', ''),
  (9028, 112, 'diagnosis', 'ok', 'video-coach-2', '2026-04-02 18:09:00', 'Mara, the takeoff is on time, and your head stays level through the first half turn. What costs you the rotation is the left arm: it opens in the air and you come out a quarter early. Do not add height yet; the same jump with a calmer start is worth more.', ''),
  (9029, 112, 'plan', 'ok', 'plan-writer-1', '2026-04-02 18:09:48', 'Week plan for clip 112:
Mon: backspin with the free leg crossed, 4 x 8 turns
Wed: waltz jump into backspin, 10 each side of the rink
Fri: off-ice: jump rope 3 x 2 minutes, then box jumps 3 x 6
Sun: light stretching, 20 minutes', ''),
  (9030, 113, 'diagnosis', 'failed', 'video-coach-2', '2026-04-03 19:19:12', NULL, 'empty completion'),
  (9031, 113, 'diagnosis', 'ok', 'video-coach-2', '2026-04-03 19:20:23', 'Jonas, the set is long and calm; nothing is rushed before the somersault. The tuck opens in two movements; the second one costs you the straight line. Think of closing a book, not of pulling a rope.', ''),
  (9032, 113, 'plan', 'failed', 'plan-writer-1', '2026-04-03 19:21:30', NULL, 'empty completion'),
  (9033, 113, 'plan', 'ok', 'plan-writer-1', '2026-04-03 19:22:49', 'Week plan for clip 116:
Mon: 3 x 5 half turns with the eyes on the end deck
Wed: back drop to standing, 12 calm repetitions
Fri: cat twist from the back, 3 x 4, then the same with a full turn
Sun: one new clip for comparison', ''),
  (9034, 113, 'plan', 'ok', 'plan-writer-1', '2026-04-03 19:30:16', 'Week plan for clip 113:
Mon: cat twist from the back, 3 x 4, then the same with a full turn
Wed: off the bed: hollow hold 4 x 30 seconds
Fri: 10 straight jumps with the arms held overhead
Sun: one new clip for comparison', ''),
  (9035, 114, 'diagnosis', 'ok', 'video-coach-2', '2026-04-05 10:28:04', 'Priya, the line into the water is close to vertical in spite of the late opening. The pike is closed with the hands behind the knees instead of in front, so opening takes longer. Two clean ones in a row are the sign to go on, not one great one.', ''),
  (9036, 114, 'plan', 'ok', 'plan-writer-1', '2026-04-05 10:28:33', 'Week plan for clip 114:
Mon: dry board: hurdle and press, 3 x 8
Wed: pike-up on the mat, 4 x 6, hands in front of the knees
Fri: 20 jumps from the side of the pool, straight line, hands over the head
Sun: rest', ''),
  (9037, 115, 'diagnosis', 'ok', 'video-coach-2', '2026-04-06 08:09:02', 'Aiko, the entry edge is quiet and the free leg passes close; that is the strongest part of this jump. The axis leans towards the free side after the takeoff, so the landing edge has to save it. A good cue: elbows to the ribs before you look.', ''),
  (9038, 115, 'plan', 'ok', 'plan-writer-1', '2026-04-06 08:09:24', 'Week plan for clip 116:
Mon: 3 x 5 single jumps from a standing start, held landing for two seconds
Wed: backspin with the free leg crossed, 4 x 8 turns
Fri: waltz jump into backspin, 10 each side of the rink
Sun: one new clip for comparison', ''),
  (9039, 116, 'diagnosis', 'ok', 'video-coach-2', '2026-04-07 20:36:19', 'Tomasz, the twist starts late, as it should, after the hips have passed the vertical. The arms come down unevenly, which tilts the somersault. Film the next attempt from the front, then we can see both shoulders.', ''),
  (9040, 116, 'diagnosis', 'ok', 'video-coach-2', '2026-04-07 20:42:48', 'Tomasz, the arms are up before the hips turn, so the height is there. The knees part a little in the second half of the twist and take speed out of it. If it feels slow, it is probably right.', ''),
  (9041, 116, 'plan', 'ok', 'plan-writer-1', '2026-04-07 20:43:19', 'Week plan for clip 116:
Mon: 3 x 5 half turns with the eyes on the end deck
Wed: back drop to standing, 12 calm repetitions
Fri: cat twist from the back, 3 x 4, then the same with a full turn
Sun: one new clip for comparison', ''),
  (9042, 117, 'diagnosis', 'ok', 'video-coach-2', '2026-04-08 17:52:30', 'Mara, the takeoff is on time, and your head stays level through the first half turn. What costs you the rotation is the left arm: it opens in the air and you come out a quarter early. Count it aloud: one for the set, two for the turn, three for the bed of the landing.', ''),
  (9043, 117, 'plan', 'ok', 'plan-writer-1', '2026-04-08 17:53:39', 'Week plan for clip 117:
Mon: backspin with the free leg crossed, 4 x 8 turns
Wed: waltz jump into backspin, 10 each side of the rink
Fri: off-ice: jump rope 3 x 2 minutes, then box jumps 3 x 6
Sun: rest', ''),
  (9044, 118, 'diagnosis', 'failed', 'video-coach-2', '2026-04-09 15:15:30', NULL, 'read timeout after 60 s'),
  (9045, 118, 'diagnosis', 'ok', 'video-coach-2', '2026-04-09 15:16:26', 'Luis, your approach line is straight and the shoulders stay over the board. The leading shoulder stops at 540 degrees and the board has to finish alone. Leave the landing alone this week, it repairs itself when the axis is upright.', ''),
  (9046, 118, 'plan', 'failed', 'plan-writer-1', '2026-04-09 15:17:48', NULL, 'read timeout after 60 s'),
  (9047, 118, 'plan', 'ok', 'plan-writer-1', '2026-04-09 15:18:24', 'Week plan for clip 118:
Mon: small kicker: 10 x 360 with the landing spotted early
Wed: wall sits with a twist, 3 x 45 seconds
Fri: 15 flatland 180s on both edges
Sun: light stretching, 20 minutes', ''),
  (9048, 119, 'diagnosis', 'failed', 'video-coach-2', '2026-04-10 08:02:28', NULL, '504 from the gateway; the worker had the text already'),
  (9049, 119, 'diagnosis', 'failed', 'video-coach-2', '2026-04-10 08:03:57', NULL, '504 from the gateway; the worker had the text already'),
  (9050, 119, 'plan', 'ok', 'plan-writer-1', '2026-04-10 08:04:29', 'Week plan for clip 119:
Mon: off-ice: jump rope 3 x 2 minutes, then box jumps 3 x 6
Wed: 20 walk-through rotations on the floor, arms closed at the first quarter
Fri: 3 x 5 single jumps from a standing start, held landing for two seconds
Sun: one new clip for comparison', ''),
  (9051, 120, 'diagnosis', 'ok', 'video-coach-2', '2026-04-12 11:44:56', 'Jonas, your contact with the bed is straight and both feet leave together. You bend at the hips when you look for the bed, and the last quarter of the turn slows down. Say it to yourself before the clip starts; after the jump is too late.', ''),
  (9052, 120, 'plan', 'ok', 'plan-writer-1', '2026-04-12 11:45:49', 'Week plan for clip 123:
Mon: cat twist from the back, 3 x 4, then the same with a full turn
Wed: off the bed: hollow hold 4 x 30 seconds
Fri: 10 straight jumps with the arms held overhead
Sun: rest', ''),
  (9053, 120, 'plan', 'ok', 'plan-writer-1', '2026-04-12 11:52:31', 'Week plan for clip 120:
Mon: 10 straight jumps with the arms held overhead
Wed: 3 x 5 half turns with the eyes on the end deck
Fri: back drop to standing, 12 calm repetitions
Sun: rest', ''),
  (9054, 121, 'diagnosis', 'ok', 'video-coach-2', '2026-04-13 18:30:10', 'Emma, good speed into the takeoff: you keep it instead of checking it on the three-turn. You look for the ice before the rotation is finished, and the chin pulls the axis forward. Do not add height yet; the same jump with a calmer start is worth more.', ''),
  (9055, 121, 'plan', 'ok', 'plan-writer-1', '2026-04-13 18:31:17', 'Week plan for clip 121:
Mon: 3 x 5 single jumps from a standing start, held landing for two seconds
Wed: backspin with the free leg crossed, 4 x 8 turns
Fri: waltz jump into backspin, 10 each side of the rink
Sun: light stretching, 20 minutes', ''),
  (9056, 122, 'diagnosis', 'ok', 'video-coach-2', '2026-04-14 16:41:50', 'Priya, the line into the water is close to vertical in spite of the late opening. The pike is closed with the hands behind the knees instead of in front, so opening takes longer. Think of closing a book, not of pulling a rope.', ''),
  (9057, 122, 'plan', 'ok', 'plan-writer-1', '2026-04-14 16:42:10', 'Week plan for clip 122:
Mon: dry board: hurdle and press, 3 x 8
Wed: pike-up on the mat, 4 x 6, hands in front of the knees
Fri: 20 jumps from the side of the pool, straight line, hands over the head
Sun: one new clip for comparison', ''),
  (9058, 123, 'diagnosis', 'failed', 'video-coach-2', '2026-04-15 18:13:24', NULL, '429 rate limit, try again in 20 s'),
  (9059, 123, 'diagnosis', 'ok', 'video-coach-2', '2026-04-15 18:13:57', 'Mara, good speed into the takeoff: you keep it instead of checking it on the three-turn. You look for the ice before the rotation is finished, and the chin pulls the axis forward. Count it aloud: one for the set, two for the turn, three for the bed of the landing.', ''),
  (9060, 123, 'diagnosis', 'ok', 'video-coach-2', '2026-04-15 18:21:29', 'Mara, you leave the ice from a clean outside edge, which was not so in February. The right shoulder follows late; your hips wait for it and the jump stalls at its highest point. Two clean ones in a row are the sign to go on, not one great one.', ''),
  (9061, 123, 'plan', 'failed', 'plan-writer-1', '2026-04-15 18:22:11', NULL, 'empty completion'),
  (9062, 123, 'plan', 'ok', 'plan-writer-1', '2026-04-15 18:23:12', 'Week plan for clip 123:
Mon: waltz jump into backspin, 10 each side of the rink
Wed: off-ice: jump rope 3 x 2 minutes, then box jumps 3 x 6
Fri: 20 walk-through rotations on the floor, arms closed at the first quarter
Sun: rest', ''),
  (9063, 124, 'diagnosis', 'ok', 'video-coach-2', '2026-04-17 08:13:54', 'Aiko, the knee bend before the takeoff is deeper than in your last clip, and you gain height from it. The free leg swings around instead of through, which turns height into travel. A good cue: elbows to the ribs before you look.', ''),
  (9064, 125, 'diagnosis', 'ok', 'video-coach-2', '2026-04-18 13:50:13', 'Tomasz, your contact with the bed is straight and both feet leave together. You bend at the hips when you look for the bed, and the last quarter of the turn slows down. If it feels slow, it is probably right.', ''),
  (9065, 125, 'plan', 'ok', 'plan-writer-1', '2026-04-18 13:50:49', 'Week plan for clip 125:
Mon: 10 straight jumps with the arms held overhead
Wed: 3 x 5 half turns with the eyes on the end deck
Fri: back drop to standing, 12 calm repetitions
Sun: one new clip for comparison', ''),
  (9066, 126, 'diagnosis', 'ok', 'video-coach-2', '2026-04-19 14:05:33', 'Luis, the wind-up begins on the flat and not on the lip, which keeps the board stable. You drop the back hand in the air, and the nose points down on landing. Count it aloud: one for the set, two for the turn, three for the bed of the landing.', ''),
  (9067, 126, 'plan', 'ok', 'plan-writer-1', '2026-04-19 14:05:56', 'Week plan for clip 126:
Mon: 15 flatland 180s on both edges
Wed: small kicker: 10 x 360 with the landing spotted early
Fri: wall sits with a twist, 3 x 45 seconds
Sun: rest', ''),
  (9068, 127, 'diagnosis', 'ok', 'video-coach-2', '2026-04-20 19:23:26', 'Jonas, you stay in the middle of the bed for all three jumps of the run. The twist is thrown from one shoulder, so you drift towards the left line on landing. Leave the landing alone this week, it repairs itself when the axis is upright.', ''),
  (9069, 127, 'plan', 'ok', 'plan-writer-1', '2026-04-20 19:23:59', 'Week plan for clip 130:
Mon: 10 straight jumps with the arms held overhead
Wed: 3 x 5 half turns with the eyes on the end deck
Fri: back drop to standing, 12 calm repetitions
Sun: light stretching, 20 minutes', ''),
  (9070, 127, 'plan', 'ok', 'plan-writer-1', '2026-04-20 19:30:23', 'Week plan for clip 127:
Mon: back drop to standing, 12 calm repetitions
Wed: cat twist from the back, 3 x 4, then the same with a full turn
Fri: off the bed: hollow hold 4 x 30 seconds
Sun: light stretching, 20 minutes', ''),
  (9071, 128, 'diagnosis', 'failed', 'video-coach-2', '2026-04-22 17:03:23', NULL, 'empty completion'),
  (9072, 128, 'diagnosis', 'ok', 'video-coach-2', '2026-04-22 17:03:58', 'Priya, the hurdle is high and you land on the end of the board, not behind it. The pike is closed with the hands behind the knees instead of in front, so opening takes longer. Film the next attempt from the front, then we can see both shoulders.', ''),
  (9073, 128, 'plan', 'failed', 'plan-writer-1', '2026-04-22 17:04:49', NULL, 'empty completion'),
  (9074, 128, 'plan', 'ok', 'plan-writer-1', '2026-04-22 17:05:26', 'Week plan for clip 128:
Mon: 20 jumps from the side of the pool, straight line, hands over the head
Wed: 5 x the same dive from one metre before going up
Fri: dry board: hurdle and press, 3 x 8
Sun: one new clip for comparison', ''),
  (9075, 129, 'diagnosis', 'ok', 'video-coach-2', '2026-04-23 07:57:52', 'Aiko, the knee bend before the takeoff is deeper than in your last clip, and you gain height from it. The free leg swings around instead of through, which turns height into travel. Say it to yourself before the clip starts; after the jump is too late.', ''),
  (9076, 129, 'plan', 'ok', 'plan-writer-1', '2026-04-23 07:58:41', 'Week plan for clip 129:
Mon: off-ice: jump rope 3 x 2 minutes, then box jumps 3 x 6
Wed: 20 walk-through rotations on the floor, arms closed at the first quarter
Fri: 3 x 5 single jumps from a standing start, held landing for two seconds
Sun: rest', ''),
  (9077, 130, 'diagnosis', 'ok', 'video-coach-2', '2026-04-24 18:20:39', 'Mara, you leave the ice from a clean outside edge, which was not so in February. The right shoulder follows late; your hips wait for it and the jump stalls at its highest point. A good cue: elbows to the ribs before you look.', ''),
  (9078, 130, 'diagnosis', 'ok', 'video-coach-2', '2026-04-24 18:27:41', 'Mara, the entry edge is quiet and the free leg passes close; that is the strongest part of this jump. The axis leans towards the free side after the takeoff, so the landing edge has to save it. Do not add height yet; the same jump with a calmer start is worth more.', ''),
  (9079, 130, 'plan', 'ok', 'plan-writer-1', '2026-04-24 18:29:04', 'Week plan for clip 130:
Mon: 20 walk-through rotations on the floor, arms closed at the first quarter
Wed: 3 x 5 single jumps from a standing start, held landing for two seconds
Fri: backspin with the free leg crossed, 4 x 8 turns
Sun: light stretching, 20 minutes', ''),
  (9080, 131, 'diagnosis', 'ok', 'video-coach-2', '2026-04-25 00:42:01', 'Noah, the arms are up before the hips turn, so the height is there. The knees part a little in the second half of the twist and take speed out of it. Think of closing a book, not of pulling a rope.', ''),
  (9081, 132, 'diagnosis', 'ok', 'video-coach-2', '2026-04-25 09:14:06', 'Hana, the takeoff is on time, and your head stays level through the first half turn. What costs you the rotation is the left arm: it opens in the air and you come out a quarter early. Two clean ones in a row are the sign to go on, not one great one.', ''),
  (9082, 132, 'plan', 'ok', 'plan-writer-1', '2026-04-25 09:14:52', 'Week plan for clip 132:
Mon: backspin with the free leg crossed, 4 x 8 turns
Wed: waltz jump into backspin, 10 each side of the rink
Fri: off-ice: jump rope 3 x 2 minutes, then box jumps 3 x 6
Sun: rest', ''),
  (9083, 133, 'diagnosis', 'failed', 'video-coach-2', '2026-04-25 10:50:06', NULL, 'empty completion'),
  (9084, 133, 'diagnosis', 'ok', 'video-coach-2', '2026-04-25 10:51:26', 'Luis, your approach line is straight and the shoulders stay over the board. The leading shoulder stops at 540 degrees and the board has to finish alone. A good cue: elbows to the ribs before you look.', ''),
  (9085, 133, 'plan', 'failed', 'plan-writer-1', '2026-04-25 10:52:16', NULL, '429 rate limit, try again in 20 s'),
  (9086, 133, 'plan', 'ok', 'plan-writer-1', '2026-04-25 10:52:46', 'Week plan for clip 133:
Mon: small kicker: 10 x 360 with the landing spotted early
Wed: wall sits with a twist, 3 x 45 seconds
Fri: 15 flatland 180s on both edges
Sun: light stretching, 20 minutes', '');
