-- What an organisation has set for its plugins, as a JSON object by plugin; secrets are sealed with the key file.
ALTER TABLE organisation ADD COLUMN plugin_settings TEXT NOT NULL DEFAULT '{}';
