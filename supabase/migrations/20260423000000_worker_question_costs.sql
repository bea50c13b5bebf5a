-- What choosing the answer to a question costs. Why: where code cannot read a question the language model chooses among
-- the journal's queries, and an operator must see what that costs beside reading, audits and proposals of rules.

alter table worker.model_costs drop constraint model_costs_purpose_check;
alter table worker.model_costs add constraint model_costs_purpose_check
    check (purpose in ('text', 'picture', 'voice', 'audit', 'rule', 'question'));
