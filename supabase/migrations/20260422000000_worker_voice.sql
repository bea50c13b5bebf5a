-- Voice notes are put into words by the model's service, which costs as its readings do: the call has a purpose of its
-- own, so that an operator sees what listening costs.

alter table worker.model_costs drop constraint model_costs_purpose_check;
alter table worker.model_costs add constraint model_costs_purpose_check
    check (purpose in ('text', 'picture', 'voice', 'audit', 'rule'));
