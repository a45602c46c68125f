exports.light = () => "lit";
