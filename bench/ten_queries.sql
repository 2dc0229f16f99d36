-- The queries of the bridge cost benchmark over `facts` (id, grp, value, name): from one that
-- returns every row to ones that return one.
SELECT id, grp, value, name FROM facts;
SELECT id, value FROM facts WHERE value > 0.5;
SELECT count(*) AS n FROM facts;
SELECT grp, count(*) AS n, sum(value) AS total FROM facts GROUP BY grp;
SELECT name, avg(value) AS mean FROM facts GROUP BY name ORDER BY mean DESC LIMIT 100;
SELECT a.id, b.value FROM facts a JOIN facts b ON a.id = b.id WHERE a.grp = 3;
SELECT id, row_number() OVER (PARTITION BY grp ORDER BY value) AS rank FROM facts WHERE grp < 10;
SELECT DISTINCT name FROM facts;
SELECT upper(name) AS name, length(name) AS bytes FROM facts WHERE name LIKE '%7%';
SELECT grp, approx_percentile_cont(value, 0.9) AS p90 FROM facts GROUP BY grp;
