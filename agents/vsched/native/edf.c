// SPDX-License-Identifier: Apache-2.0
#include "edf.h"

#include "edf-levels.h"

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }
static int64_t clamp(int64_t value, int64_t low, int64_t high) { return most(low, least(value, high)); }

static int64_t floor_to(int64_t value, int64_t step) {
  const int64_t rest = value % step;
  return value - (rest < 0 ? rest + step : rest);
}

static int64_t deadline_of(const struct edf_task *task) { return task->start_ns + task->period_ns; }

void edf_init(struct edf *edf, const struct edf_tuning *tuning) {
  *edf = (struct edf){.tuning = *tuning, .running = -1};
}

void edf_set(struct edf *edf, int index, int64_t now_ns, int64_t clock_ns, int64_t period_ns, int64_t slice_ns, int64_t phase_ns) {
  struct edf_task *task = &edf->tasks[index];
  const int64_t start_ns = phase_ns + floor_to(now_ns - phase_ns, period_ns);
  const bool goes_on = task->used && task->period_ns == period_ns && task->start_ns == start_ns;
  if (goes_on) {
    task->budget_ns += slice_ns - task->slice_ns;
    task->due_ns += slice_ns - task->slice_ns;
    task->slice_ns = slice_ns;
    task->partial = true;
    task->spent = false;
    return;
  }
  const int64_t left_ns = start_ns + period_ns - now_ns;
  task->used = true;
  task->period_ns = period_ns;
  task->slice_ns = slice_ns;
  task->start_ns = start_ns;
  task->base_ns = clock_ns;
  task->budget_ns = task->due_ns = (int64_t)((__int128)slice_ns * left_ns / period_ns);
  task->ahead_ns = task->debt_ns = 0;
  task->partial = left_ns < period_ns;
  task->offered_ns = 0;
  task->spent = false;
}

void edf_remove(struct edf *edf, int index) {
  edf->tasks[index] = (struct edf_task){0};
  if (edf->running == index) edf->running = -1;
}

void edf_shift(struct edf *edf, int index, int64_t by_ns) { edf->tasks[index].start_ns += by_ns; }

static int64_t tolerance_of(const struct edf *edf, const struct edf_task *task) {
  return least(task->slice_ns / 512, edf->tuning.tolerance_ns);
}

/* Debts make shares exact in the long run. They are paid back so slowly that no period looks short for it, and who sleeps cannot save.
   What a task got ahead of time because others blocked is another matter: that much less is due in the next period. */
static void settle(struct edf_task *task, int64_t used_ns, int64_t due_ns) {
  const int64_t little_ns = task->slice_ns / 128;
  int64_t over_ns = used_ns - due_ns - task->ahead_ns;
  if (task->partial || !task->strict) over_ns = least(over_ns, 0);
  task->debt_ns = clamp(task->debt_ns + over_ns, task->spent && !task->partial ? -little_ns : 0, task->slice_ns);
  task->due_ns = most(0, task->slice_ns - task->ahead_ns);
  task->budget_ns = task->due_ns - least(task->debt_ns, little_ns);
}

static void end_period(struct edf_task *task, int index, int64_t now_ns, int64_t clock_ns, struct edf_ended *ended) {
  const int64_t used_ns = clock_ns - task->base_ns;
  const int64_t count = (now_ns - task->start_ns) / task->period_ns, due_ns = task->due_ns + (count - 1) * task->slice_ns;
  task->partial |= task->paused;
  *ended = (struct edf_ended){index, count, task->start_ns, due_ns, used_ns, task->offered_ns, task->partial};
  settle(task, used_ns, due_ns);
  task->start_ns += count * task->period_ns;
  task->base_ns = clock_ns;
  task->offered_ns = task->ahead_ns = 0;
  task->spent = false;
  task->partial = task->paused;
}

/* What the last look at the running task cost it beyond what it was let run. Where it blocked, or somebody else had the processor, nothing is learnt. */
static void learn_lead(struct edf *edf, int64_t clock_ns) {
  const int64_t excess_ns = clock_ns - edf->clock_ns - edf->let_ns, most_ns = edf->tuning.most_lead_ns;
  if (edf->let_ns == 0 || excess_ns < -most_ns || excess_ns > most_ns) return;
  const int64_t off_ns = excess_ns - edf->lead_ns;
  edf->lead_ns += off_ns / 16;
  edf->dip_ns += -off_ns > edf->dip_ns ? (-off_ns - edf->dip_ns) / 4 : -edf->dip_ns / 64;
}

static int64_t left_of(const struct edf_task *task, int64_t clock_ns) { return task->budget_ns - (clock_ns - task->base_ns); }

static void account(const struct edf *edf, struct edf_task *task, int64_t clock_ns) {
  const int64_t left_ns = left_of(task, clock_ns);
  if (task->spent || left_ns > tolerance_of(edf, task)) return;
  task->spent = true;
  if (task->strict && task->state == EDF_WAITING) task->ahead_ns = most(0, -left_ns);
}

static bool can_run(const struct edf_task *task) { return task->used && !task->spent && !task->paused; }

/* The earliest deadline; of equal ones that of the task that runs, then the first. */
static int choose(const struct edf *edf) {
  int best = edf->running >= 0 && can_run(&edf->tasks[edf->running]) ? edf->running : -1;
  for (int i = 0; i < EDF_TASKS; i++)
    if (can_run(&edf->tasks[i]) && (best < 0 || deadline_of(&edf->tasks[i]) < deadline_of(&edf->tasks[best]))) best = i;
  return best;
}

static enum edf_state state_of(const struct edf *edf, int index) {
  const struct edf_task *task = &edf->tasks[index];
  if (!task->used) return EDF_ORDINARY;
  if (task->paused) return EDF_STOPPED;
  if (task->spent) return task->strict ? EDF_STOPPED : EDF_ORDINARY;
  return index == edf->running ? EDF_RUNNING : EDF_WAITING;
}

/* When the running task will have used its budget up, almost surely: to wake a little late costs less than to wake twice. */
static int64_t end_of_running(const struct edf *edf, int64_t now_ns, int64_t clock_ns) {
  const struct edf_task *task = &edf->tasks[edf->running];
  return now_ns + most(left_of(task, clock_ns) - edf->lead_ns + edf->dip_ns, edf->tuning.least_run_ns);
}

/* Ends periods, and slices that are used up. */
static int look_at_clocks(struct edf *edf, int64_t now_ns, const int64_t *clocks_ns, struct edf_ended *ended) {
  int count = 0;
  for (int i = 0; i < EDF_TASKS; i++) {
    struct edf_task *task = &edf->tasks[i];
    if (!task->used) continue;
    account(edf, task, clocks_ns[i]);
    if (now_ns < deadline_of(task)) continue;
    end_period(task, i, now_ns, clocks_ns[i], &ended[count++]);
    account(edf, task, clocks_ns[i]);
  }
  return count;
}

/* The first deadline; or when a slice ends, of the running task or of one that waits, should that run all the time because the other blocks. */
static int64_t next_step(struct edf *edf, int64_t now_ns, const int64_t *clocks_ns) {
  const int64_t end_ns = edf->running < 0 ? INT64_MAX : end_of_running(edf, now_ns, clocks_ns[edf->running]);
  const int64_t wait_ns = edf->tuning.least_wait_ns;
  int64_t next_ns = end_ns;
  for (int i = 0; i < EDF_TASKS; i++) {
    const struct edf_task *task = &edf->tasks[i];
    if (!task->used) continue;
    next_ns = least(next_ns, deadline_of(task));
    if (i == edf->running || !can_run(task)) continue;
    const int64_t look_ns = now_ns + most(left_of(task, clocks_ns[i]), wait_ns);
    if (look_ns < end_ns - wait_ns) next_ns = least(next_ns, look_ns);
  }
  edf->let_ns = next_ns == end_ns && edf->running >= 0 ? end_ns - now_ns : 0;
  return next_ns;
}

int edf_step(struct edf *edf, int64_t now_ns, int64_t late_ns, const int64_t *clocks_ns, struct edf_ended *ended, int64_t *next_ns) {
  if (edf->running >= 0) {
    edf->tasks[edf->running].offered_ns += most(0, now_ns - edf->last_ns - late_ns);
    if (now_ns >= edf->last_ns + edf->let_ns) learn_lead(edf, clocks_ns[edf->running]);
  }
  edf->last_ns = now_ns;
  const int count = look_at_clocks(edf, now_ns, clocks_ns, ended);
  edf->running = choose(edf);
  for (int i = 0; i < EDF_TASKS; i++) edf->tasks[i].state = state_of(edf, i);
  edf_give_levels(edf);
  *next_ns = next_step(edf, now_ns, clocks_ns);
  edf->clock_ns = edf->running >= 0 ? clocks_ns[edf->running] : 0;
  return count;
}
