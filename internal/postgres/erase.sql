-- Erases a person from every table. $1 is the customer. The parts run in one
-- statement and see the same state; each touches its own rows once.
with person as (
  -- The role and the VIP mark go too: in a small account they name somebody.
  update customers set name = '', email = '', email_verified = false, language = '', time_zone = '',
    role = 'member', vip = false, account_id = null, erased_at = coalesce(erased_at, now())
  where id = $1
  returning id
), identities as (
  delete from customer_identities where customer_id = $1 returning 1
), theirs as (
  select id from tickets where customer_id = $1
), blanked as (
  -- The helpdesk's ID of the ticket leads back to the person: ours replaces it,
  -- which keeps (connection, external_id) unique. Decisions and labels stay;
  -- they hold spans and values of the owner's lists, never text.
  update tickets set customer_id = null, account_id = null, subject = '', external_url = '', external_id = 'erased/' || id,
    erased_at = coalesce(erased_at, now()), updated_at = now()
  where customer_id = $1
  returning 1
), forgotten as (
  -- What counted of the person and their account; a decision without it says that
  -- it cannot be made again.
  update decisions set details = details - 'facts' where ticket_id in (select id from theirs)
  returning 1
), written as (
  -- Agents' replies and notes on these tickets speak of the person, so they go
  -- too; and so does what the person wrote on somebody else's ticket.
  delete from messages where ticket_id in (select id from theirs)
    or (author_kind = 'customer' and author_id = $1)
  returning 1
), received as (
  -- The key stays, so that a replay still does nothing. An event that could not be
  -- read belongs to nobody; it is theirs if it holds their address.
  update deliveries set body = null, customer_id = null, reason = ''
  where customer_id = $1 or ticket_id in (select id from theirs)
    or ticket_id is null and body is not null and exists (
      select from customers c
      where c.id = $1 and c.email <> '' and position(lower(c.email) in lower(encode(body, 'escape'))) > 0)
  returning 1
), asked as (
  delete from answers where customer_id = $1 or ticket_id in (select id from theirs) returning 1
), unasked as (
  -- Nobody is asked about a ticket without text; who has answered goes with it.
  delete from blind_samples where ticket_id in (select id from theirs) returning 1
), waiting as (
  update outbox set state = case when state = 'open' then 'done' else state end, reason = 'erased',
    finished_at = coalesce(finished_at, now())
  where ticket_id in (select id from theirs)
  returning 1
)
select (select count(*) from person), (select count(*) from identities), (select count(*) from blanked),
  (select count(*) from written), (select count(*) from received), (select count(*) from asked), (select count(*) from waiting)
