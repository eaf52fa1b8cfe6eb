using NeuralNetFromScratch.Onnx.Protos;

namespace NeuralNetFromScratch.Onnx;

/// <summary>A node of a model, with typed access to its attributes and exceptions that name it.</summary>
/// <param name="node">The node.</param>
/// <param name="version">The version of its operator set.</param>
internal sealed class Operation(NodeProto node, int version)
{
    private Dictionary<string, AttributeProto>? _attributes;

    public string Type => node.OpType;

    public string Domain => node.Domain;

    /// <summary>The version of the operator set.</summary>
    public int Version => version;

    public int InputCount => node.Input.Count;

    public IReadOnlyList<string> Inputs => node.Input;

    public IReadOnlyList<string> Outputs => node.Output;

    public string Name => MessageText.Quote(node.Name.Length > 0 ? node.Name : node.Output.FirstOrDefault() ?? "");

    public bool HasInput(int number) => number < node.Input.Count && node.Input[number].Length > 0;

    /// <summary>Whether an output has a name, so that it can be used.</summary>
    public bool HasOutput(int number) => number < node.Output.Count && node.Output[number].Length > 0;

    public float Number(string name, float otherwise) => Find(name, AttributeProto.Types.AttributeType.Float)?.F ?? otherwise;

    public long Integer(string name, long otherwise) => Find(name, AttributeProto.Types.AttributeType.Int)?.I ?? otherwise;

    public string Text(string name, string otherwise) => Find(name, AttributeProto.Types.AttributeType.String)?.S.ToStringUtf8() ?? otherwise;

    public IReadOnlyList<float> Numbers(string name) => Find(name, AttributeProto.Types.AttributeType.Floats)?.Floats ?? (IReadOnlyList<float>)[];

    public IReadOnlyList<long> Integers(string name) => Find(name, AttributeProto.Types.AttributeType.Ints)?.Ints ?? (IReadOnlyList<long>)[];

    public IReadOnlyList<string> Texts(string name) =>
        [.. Find(name, AttributeProto.Types.AttributeType.Strings)?.Strings.Select(text => text.ToStringUtf8()) ?? []];

    public TensorProto? Tensor(string name) => Find(name, AttributeProto.Types.AttributeType.Tensor)?.T;

    public bool HasAttribute(string name) => Attributes.ContainsKey(name);

    /// <summary>Creates an exception that says why the node cannot be imported.</summary>
    public InvalidDataException Refuse(string reason) => new($"node {Name} ({MessageText.Of(node.OpType)}): {reason}");

    private Dictionary<string, AttributeProto> Attributes
    {
        get
        {
            if (_attributes is null)
            {
                _attributes = [];
                foreach (AttributeProto attribute in node.Attribute)
                    _attributes.TryAdd(attribute.Name, attribute);
            }

            return _attributes;
        }
    }

    /// <summary>Returns an attribute and checks its type, since another type would be read as 0. Before IR version 2, files have no types.</summary>
    private AttributeProto? Find(string name, AttributeProto.Types.AttributeType type)
    {
        AttributeProto? found = Attributes.GetValueOrDefault(name);
        return found is null || found.Type == type ? found : throw Refuse($"its attribute {name} has type {found.Type}, expected {type}");
    }
}
