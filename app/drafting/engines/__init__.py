"""Language models on this machine or on the organisation's server: loaded, asked, cancelled."""
