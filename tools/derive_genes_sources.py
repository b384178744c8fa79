"""The entries of sources/genome-genes.toml."""

CLINPGX = "CC BY-SA 4.0 (ClinPGx content), CC0 (CPIC content)"
ARTICLE = "article; findings restated in own words"

SOURCES: dict[str, dict[str, str]] = {
    "clinpgx-alleles-2025-11": {
        "title": "ClinPGx named allele definitions, GRCh38, as released with PharmCAT 3.1.1", "licence": CLINPGX,
        "released": "2025-11-05", "url": "https://github.com/PharmGKB/PharmCAT",
        "note": "Repository MPL-2.0, commit 5431bf11. Restated: differences from the reference row only."},
    "clinpgx-phenotypes-2025-11": {
        "title": "ClinPGx phenotype tables of CPIC, as released with PharmCAT 3.1.1", "licence": CLINPGX,
        "released": "2025-11-05", "url": "https://github.com/PharmGKB/PharmCAT", "note": "Commit 5431bf11."},
    "cpic-diplotypes-2026-10": {
        "title": "CPIC diplotype tables: phenotype and activity score of every pair of alleles, 16 genes",
        "licence": "CC0 1.0", "released": "2026-10-11", "url": "https://api.cpicpgx.org/v1/diplotype",
        "note": "As shipped in the MIT package geneyxpgxparser 0.1.8."},
    "dpwg-phenotypes-2025-10": {
        "title": "ClinPGx phenotype tables of DPWG, 13 genes", "licence": "CC BY-SA 4.0", "released": "2025-09-25",
        "url": "https://github.com/PharmGKB/PharmCAT", "note": "Commit 881b416b."},
    "clinpgx-guideline-keys-2024-03": {
        "title": "ClinPGx guideline annotations of CPIC and DPWG: the markers under which HLA rows are looked up",
        "licence": "CC BY-SA 4.0", "released": "2024-03", "url": "https://github.com/PharmGKB/PharmCAT",
        "note": "Commit 0c6123b6."},
    "pypgx-0.26": {
        "title": "PyPGx variant and allele tables (GRCh37 and GRCh38 places)", "licence": "MIT", "released": "0.26",
        "url": "https://github.com/sbslee/pypgx", "note": "Commit fa6b9f70. Second source of places and of structural marks."},
    "1kg-phase3-grch37": {
        "title": "1000 Genomes phase 3, GRCh37 sites of 16 genes", "licence": "open data; none stated by the bundle",
        "released": "2015-12", "url": "https://github.com/sbslee/pypgx-bundle",
        "note": "Through pypgx-bundle 0.23, commit 919279ac. Only positions and alleles were compared."},
    "painloom-aliases": {
        "title": "Outdated allele names and what they mean today", "licence": "own work", "released": "2026-11"},
    "caudle-2020": {
        "title": "Standardizing CYP2D6 Genotype to Phenotype Translation: Consensus Recommendations from CPIC and DPWG",
        "licence": ARTICLE, "released": "2020", "doi": "10.1111/cts.12692", "pmid": "31647186"},
    "opioid-guideline-2021": {
        "title": "CPIC guideline for opioids with CYP2D6, OPRM1 and COMT, 2021", "licence": ARTICLE, "released": "2021",
        "pmid": "33387367"},
    "zhang-2019": {
        "title": "The relevance of the OPRM1 118A>G genetic variant for opioid requirement in pain treatment: a meta-analysis",
        "licence": ARTICLE, "released": "2019", "note": "Pain Physician 2019;22:331-340."},
    "hwang-2014": {
        "title": "OPRM1 A118G gene variant and postoperative opioid requirement: a meta-analysis", "licence": ARTICLE,
        "released": "2014", "note": "Anesthesiology 2014;121:825."},
    "a118g-vomiting-2016": {
        "title": "Opioid receptor mu 1 (OPRM1) A118G polymorphism (rs1799971) and postoperative nausea and vomiting",
        "licence": ARTICLE, "released": "search to 2016-07", "url": "https://pmc.ncbi.nlm.nih.gov/articles/PMC6176240"},
    "postsurgical-2023": {
        "title": "Association of genetic variants with postsurgical pain: a systematic review and meta-analyses",
        "licence": ARTICLE, "released": "2023", "note": "Anesthesiology 2023;139:827. Abstract read."},
    "diatchenko-2005": {
        "title": "Genetic basis for individual variations in pain perception and the development of a chronic pain condition",
        "licence": ARTICLE, "released": "2005", "pmid": "15537663"},
    "hocking-2010": {
        "title": "COMT haplotypes and chronic widespread pain in the 1958 British birth cohort", "licence": ARTICLE,
        "released": "2010", "note": "Title in own words; the reference is to be completed."},
    "comt-opioid-hyperalgesia": {
        "title": "COMT Val158Met and sensitivity to pain in people on opioids", "licence": ARTICLE,
        "released": "not recorded", "url": "https://pmc.ncbi.nlm.nih.gov/articles/PMC6509985",
        "note": "Title in own words; the reference is to be completed."},
    "chidambaran-2020": {
        "title": "Systematic review and meta-analysis of genetic risk of developing chronic postsurgical pain",
        "licence": ARTICLE, "released": "2020", "doi": "10.1016/j.jpain.2019.05.008", "pmid": "31129315",
        "url": "https://pmc.ncbi.nlm.nih.gov/articles/PMC6874752"},
    "reimann-2010": {
        "title": "Pain perception is altered by a nucleotide polymorphism in SCN9A", "licence": ARTICLE, "released": "2010",
        "url": "https://pmc.ncbi.nlm.nih.gov/articles/PMC2841869"},
    "holliday-2012": {
        "title": "The non-synonymous SNP, R1150W, in SCN9A is not associated with chronic widespread pain susceptibility",
        "licence": ARTICLE, "released": "2012", "doi": "10.1186/1744-8069-8-72", "pmid": "23006801",
        "url": "https://pmc.ncbi.nlm.nih.gov/articles/PMC3502104"},
    "public-coordinates": {
        "title": "Places of rs1800629 and rs2395029 on both builds, agreeing in several public tables",
        "licence": "facts", "released": "looked up 2026-11"},
}
