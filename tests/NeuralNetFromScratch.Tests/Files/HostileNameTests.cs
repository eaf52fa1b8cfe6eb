using System.Text;
using System.Text.Json;
using Google.Protobuf;
using NeuralNetFromScratch.Fuzzing;
using NeuralNetFromScratch.Onnx;
using NeuralNetFromScratch.Onnx.Protos;
using NeuralNetFromScratch.Tests.Data;
using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Files;

/// <summary>Names of millions of characters, and names that steer a terminal: no reader's message is long or has them as they are.</summary>
public class HostileNameTests
{
    private const string Steers = "\u001b[2J\u001b]0;owned\u0007\u202e";

    private static readonly string[] Names = [Steers, new string('n', 5_000_000), Steers + new string('\u001b', 1_000_000)];

    [Test]
    public void Safetensors([Values(0, 1, 2)] int kind)
    {
        string name = Names[kind];
        string quoted = JsonSerializer.Serialize(name), good = "\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]";
        foreach (string header in (string[])
            [
                $"{{{quoted}:1}}", $"{{{quoted}:{{{good}}},{quoted}:{{{good}}}}}", $"{{\"__metadata__\":{{{quoted}:1}}}}", $"{{\"__metadata__\":{{{quoted}:\"\",{quoted}:\"\"}}}}",
                $"{{\"a\":{{\"dtype\":{quoted},\"shape\":[1],\"data_offsets\":[0,4]}}}}", $"{{{quoted}:{{\"dtype\":\"F32\"}}}}", $"{{{quoted}:{{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}}}",
                $"{{{quoted}:{{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,4]}}}}", $"{{{quoted}:{{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}}}",
                $"{{\"a\":{{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}},{quoted}", $"{{{quoted}:{{{quoted}:[",
                $"{{\"a\":{{\"dtype\":\"F32\",\"shape\":[{string.Join(',', Enumerable.Repeat(1, 100_000))},2],\"data_offsets\":[0,4]}}}}",
            ])
        {
            AssertShowable(() => new SafetensorsReader(new MemoryStream(File(header))));
        }
    }

    [Test]
    public void Models([Values(0, 1, 2)] int kind)
    {
        string name = Names[kind];
        string json = JsonSerializer.Serialize(name);
        foreach ((string key, string text) in ((string, string)[])
            [
                ("format_version", name), ("naming", name), ("class_names", json), ("class_names", $"[{json}]"), ("input_scale", name), ("architecture", name), ("architecture", $"{{{json}:1}}"),
                .. new[]
                {
                    $"{{\"kind\":{json}}}", $"{{\"kind\":\"dense\",\"units\":{json}}}", $"{{\"kind\":\"dense\",\"units\":2,{json}:1}}", $"{{\"kind\":\"dense\",\"units\":2,{json}:1,{json}:1}}",
                    $"{{\"kind\":\"dense\",\"units\":2,\"zeroSkipping\":{json}}}", $"{{\"kind\":\"dense\",\"units\":2,\"activation\":{{\"kind\":{json}}}}}", $"{{\"kind\":{json},\"a\":null}}",
                    $"{{\"kind\":\"dense\",\"units\":{new string('1', 1_000_000)}}}",
                }.Select(layer => ("architecture", $"{{\"inputShape\":[3],\"outputActivation\":\"softmax\",\"layers\":[{layer}]}}")),
                ("architecture", $"{{\"inputShape\":[3],\"outputActivation\":{json},\"layers\":[]}}"),
            ])
        {
            (IReadOnlyList<SafetensorEntry> tensors, Dictionary<string, string> metadata) = ModelFile.Describe(Network(), TensorNaming.Native);
            metadata[key] = text;
            AssertShowable(() => Sequential.Load(Write(tensors, metadata)));
        }
    }

    [Test]
    public void Weights([Values(0, 1, 2)] int kind)
    {
        string name = Names[kind];
        SafetensorEntry one = SafetensorEntry.FromFloats(name, [1], [1]), other = SafetensorEntry.FromFloats(name + "2", [2], [1, 2]);
        foreach (bool byShape in (bool[])[false, true])
        {
            AssertShowable(() => Network().LoadWeights(Write([one, other], null), new WeightLoadOptions { ByShape = byShape }));
            AssertShowable(() => Network().LoadWeights(
                Write([.. Enumerable.Range(0, 5000).Select(i => SafetensorEntry.FromFloats($"{i}{Steers}", [1], [1]))], null), new WeightLoadOptions { ByShape = byShape }));
        }
    }

    [Test]
    public void Checkpoints([Values(0, 1, 2)] int kind)
    {
        string name = Names[kind];
        using var folder = new TemporaryFolder();
        string path = folder.File("run");
        Dataset data = Dataset.FromArrays(TestValues.Uniform(60, 1), [3], TestValues.Labels(20, 2, 2), 2);
        var options = new FitOptions { Epochs = 2, Checkpoint = new CheckpointOptions { Path = path } };
        new Trainer(Network(), new SoftmaxCrossEntropy(), new Sgd()).Fit(data, options);
        byte[] whole = System.IO.File.ReadAllBytes(path);
        foreach (string key in (string[])["checkpoint_version", "training: network", "training: seed", "stopped", "ended", "epoch", "steps", "history_file", "history_sha256", "best", "figures_counts", "figures_sums"])
        {
            System.IO.File.WriteAllBytes(path, whole);
            Storage.SafetensorsEdit.SetMetadata(path, key, name);
            AssertShowable(() => new Trainer(Network(), new SoftmaxCrossEntropy(), new Sgd()).Resume(path, data, options));
        }

        System.IO.File.WriteAllBytes(path, whole);
        System.IO.File.WriteAllText(path + ".history", name);
        AssertShowable(() => new Trainer(Network(), new SoftmaxCrossEntropy(), new Sgd()).Resume(path, data, options));
    }

    [Test]
    public void Onnx_models([Values(0, 1, 2)] int kind)
    {
        string name = Names[kind];
        foreach (Action<GraphProto> change in (Action<GraphProto>[])
            [
                graph => graph.Node[1].OpType = name, graph => graph.Node[1].Domain = name, graph => graph.Node[1].Input[0] = name, graph => graph.Output[0].Name = name, graph => graph.Input[0].Name = name,
                graph => graph.Initializer[0].Name = name, graph => (graph.Node[1].Name, graph.Node[1].OpType) = (name, "Loop"), graph => graph.Node.Add(graph.Node[1].Clone()),
                graph => Attributed(graph).Name = Attributed(graph).Attribute[0].Name = name, graph => graph.Node[1].Output[0] = name,
                graph => { graph.Initializer[0].DataLocation = TensorProto.Types.DataLocation.External; graph.Initializer[0].ExternalData.Add(new StringStringEntryProto { Key = "location", Value = name }); },
                graph => graph.Initializer[0].DataType = 99, graph => Rename(graph, name),
            ])
        {
            using var stream = new MemoryStream();
            OnnxModel.Export(Network(), stream);
            ModelProto model = ModelProto.Parser.ParseFrom(stream.ToArray());
            change(model.Graph);
            AssertShowable(() => OnnxModel.Import(new MemoryStream(model.ToByteArray())), isAlwaysRefused: false);
        }
    }

    [Test]
    public void Files_of_data_are_called_by_names_that_can_be_shown()
    {
        Assume.That(!OperatingSystem.IsWindows());
        using var folder = new TemporaryFolder();
        string hostile = folder.File("train-images-idx3-ubyte" + Steers), inner = folder.File("\u001b[31m"), other = folder.File("\u001b[32m");
        System.IO.File.WriteAllBytes(hostile, [1, 2, 3]);
        AssertShowable(() => IdxFile.Read(hostile));
        AssertShowable(() => Mnist.Load(folder.Root));
        foreach (string directory in (string[])[inner, other])
        {
            Directory.CreateDirectory(directory);
            System.IO.File.WriteAllBytes(Path.Combine(directory, "train-images-idx3-ubyte"), [1, 2, 3]);
        }

        AssertShowable(() => Mnist.Load(folder.Root));
    }

    [Test]
    public void A_summary_and_a_classification_do_not_steer_a_terminal()
    {
        var network = new Sequential([3], 1, new Dense(2)) { ClassNames = [Steers, "b"], OutputActivation = OutputActivation.Softmax };
        Assert.That(network.Classify((float[])[1, 2, 3], 2).Select(one => one.ToString()), Has.None.Contains("\u001b"));
    }

    private static Sequential Network() => new([3], 1, new Dense(4, Activation.LeakyRelu(0.1f)), new Dense(2)) { ClassNames = ["a", "b"], InputScaling = new InputScaling(2), OutputActivation = OutputActivation.Softmax };

    /// <summary>Gives a constant another name, and a shape that it does not have.</summary>
    private static void Rename(GraphProto graph, string name)
    {
        TensorProto constant = graph.Initializer[0];
        NodeProto node = graph.Node.First(one => one.Input.Contains(constant.Name));
        node.Input[node.Input.IndexOf(constant.Name)] = constant.Name = name;
        constant.Dims.Add(99);
    }

    private static NodeProto Attributed(GraphProto graph) => graph.Node.First(node => node.Attribute.Count > 0);

    private static byte[] File(string header)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(header);
        return [.. BitConverter.GetBytes((ulong)bytes.Length), .. bytes, 0, 0, 0, 0];
    }

    private static MemoryStream Write(IReadOnlyList<SafetensorEntry> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        var stream = new MemoryStream();
        SafetensorsWriter.Write(stream, tensors, metadata);
        stream.Position = 0;
        return stream;
    }

    private static void AssertShowable(Func<object> read, bool isAlwaysRefused = true) => AssertShowable(() => { read(); }, isAlwaysRefused);

    private static void AssertShowable(Action read, bool isAlwaysRefused = true)
    {
        Exception? thrown = null;
        try
        {
            read();
        }
        catch (Exception exception) when (exception is InvalidDataException or FileNotFoundException)
        {
            thrown = exception;
        }

        if (thrown is not null || isAlwaysRefused)
        {
            Assert.That(thrown, Is.Not.Null, "refused");
            string? message = FuzzRun.Unshowable(thrown!);
            Assert.That(message?[..Math.Min(message.Length, 500)], Is.Null);
        }
    }
}
