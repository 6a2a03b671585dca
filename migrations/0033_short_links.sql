-- The short address of a checkout link names it by the beginning of its secret: `polar_cl_` and twelve letters.
create index checkout_links_short on checkout_links (substr(client_secret, 1, 21));
