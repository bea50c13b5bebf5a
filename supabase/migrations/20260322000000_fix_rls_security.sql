-- Row level security without a policy: no client sees a row, whatever is granted later.

alter table public.email_leads enable row level security;
alter table public.quiz_completions enable row level security;
alter table public.anonymous_audits enable row level security;
