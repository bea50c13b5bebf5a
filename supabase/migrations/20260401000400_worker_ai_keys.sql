-- Traders' own keys for the language model. Why here: a key is a credential that no client may ever read back, not even
-- its owner's, so it is sealed (AES-256-GCM, the user id as associated data) before it comes here and lives outside
-- what the REST gateway serves. profiles.has_byok_key only shows that there is one; nothing is decided by it.

create table worker.ai_keys (
    user_id uuid primary key references public.profiles (id) on delete cascade,
    provider text not null check (provider in ('openai')),
    nonce bytea not null check (octet_length(nonce) = 12),
    ciphertext bytea not null,
    created_at timestamptz not null default now()
);

alter table worker.ai_keys enable row level security;
revoke all on worker.ai_keys from public, anon, authenticated;
grant select, insert, update, delete on worker.ai_keys to service_role;
