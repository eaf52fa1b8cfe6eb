namespace NeuralNetFromScratch;

/// <summary>
/// Options of <see cref="Sequential.LoadWeights(string, WeightLoadOptions)"/>: how the tensors of a file are assigned to the parameters of a
/// network.
/// </summary>
public sealed record WeightLoadOptions
{
    /// <summary>The names and axis orders of the tensors in the file. Default: <see cref="TensorNaming.Native"/>.</summary>
    public TensorNaming Naming { get; init; }

    /// <summary>
    /// The names in the file of the network's layers or parameters: <c>{ ["dense1"] = "fc1" }</c> assigns "fc1.weight" and "fc1.bias", and
    /// <c>{ ["dense1.weight"] = "w" }</c> assigns "w". All others have the names of <see cref="Naming"/>. Default: empty.
    /// </summary>
    public IReadOnlyDictionary<string, string> Names { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// Whether tensors are assigned by their shapes, for any names: each layer gets the tensors of the only module whose shapes match. If several
    /// layers have the same shapes, loading throws <see cref="InvalidDataException"/>. Default: false.
    /// </summary>
    public bool ByShape { get; init; }

    /// <summary>Whether a bias that is missing in the file becomes zero, as for PyTorch's <c>Linear(bias=False)</c>. Default: false.</summary>
    public bool ZeroMissingBiases { get; init; }

    /// <exception cref="ArgumentException">An option is out of range.</exception>
    internal void Validate()
    {
        Guard.Defined(Naming, nameof(Naming));
        ArgumentNullException.ThrowIfNull(Names, nameof(Names));
    }
}

/// <summary>Finds the tensor of each parameter.</summary>
internal sealed class WeightMatch
{
    private const string BiasName = "bias";

    /// <summary>The suffix of PyTorch's count of batches in a batch normalization, which is not needed.</summary>
    private const string IgnoredSuffix = ".num_batches_tracked";

    private readonly SafetensorsReader _file;
    private readonly WeightLoadOptions _options;
    private readonly Chain _chain;
    private readonly IReadOnlyList<TensorPlace> _places;

    /// <summary>The tensors of the file but those that a user has put beside the model.</summary>
    private readonly IReadOnlyList<SafetensorInfo> _tensors;

    private WeightMatch(SafetensorsReader file, Chain chain, WeightLoadOptions options)
    {
        _file = file;
        _chain = chain;
        _options = options;
        _places = TensorPlace.Of(chain, options.Naming);
        _tensors = ModelFile.IsModel(file) ? [.. file.Tensors.Where(tensor => !UserEntries.IsUsers(tensor))] : file.Tensors;
    }

    /// <summary>Returns the tensor of each parameter in order; null for a bias that is zero.</summary>
    /// <exception cref="InvalidDataException">Names or shapes differ. The message lists all differences.</exception>
    /// <exception cref="ArgumentException">The options name a layer that does not exist.</exception>
    public static IReadOnlyList<(TensorPlace Place, SafetensorInfo? Tensor)> Of(SafetensorsReader file, Chain chain, WeightLoadOptions options)
    {
        var match = new WeightMatch(file, chain, options);
        return options.ByShape ? match.ByShape(out string? problem) ?? throw Unfit(problem!) : match.ByName();
    }

    private static InvalidDataException Unfit(string problem) => new($"the tensors do not match the network: {problem}");

    private List<(TensorPlace, SafetensorInfo?)> ByName()
    {
        Dictionary<string, SafetensorInfo> surplus = _tensors.ToDictionary(tensor => tensor.Name);
        var found = new List<(TensorPlace, SafetensorInfo?)>();
        var problems = new List<string>();
        foreach (string named in _options.Names.Keys.Where(name => !_places.Any(place => place.Layer == name || place.Definition.Name == name)))
            throw new ArgumentException($"the network has no layer or parameter \"{named}\"; its parameters are {string.Join(", ", _places.Select(place => place.Definition.Name))}", "options");
        foreach (TensorPlace place in _places)
        {
            string name = NameInFile(place);
            if (surplus.Remove(name, out SafetensorInfo? tensor))
            {
                if (Problem(place, tensor) is { } problem)
                    problems.Add($"{MessageText.Of(name)} {problem}");
                found.Add((place, tensor));
            }
            else if (IsZeroBias(place))
            {
                found.Add((place, null));
            }
            else
            {
                problems.Add($"{MessageText.Of(name)} [{string.Join(", ", place.Dimensions)}] is missing");
            }
        }

        problems.AddRange(surplus.Values.Where(tensor => !IsIgnored(tensor)).Select(tensor => $"{MessageText.Of(tensor.Name)} is not expected"));
        return problems.Count == 0 ? found : throw Unfit($"{MessageText.Sentences(problems)}{Hint()}");
    }

    private string NameInFile(TensorPlace place) => _options.Names.TryGetValue(place.Definition.Name, out string? tensor) ? tensor
        : _options.Names.TryGetValue(place.Layer, out string? module) ? $"{module}.{place.Leaf}"
        : place.Name;

    /// <summary>Returns what the caller can do if the file has other names.</summary>
    private string Hint()
    {
        if (_options.Names.Count > 0)
            return "";
        foreach (TensorNaming naming in (TensorNaming[])[_options.Naming, TensorNaming.PyTorch])
        {
            var other = new WeightMatch(_file, _chain, _options with { Naming = naming });
            if (other.ByShape(out _) is not null)
                return $"; the shapes match: LoadWeights with new WeightLoadOptions {{ Naming = TensorNaming.{naming}, ByShape = true }} assigns the tensors by their shapes";
        }

        string first = _tensors.Count == 0 ? "fc1" : Module(_tensors[0].Name);
        return $"; if layers have other names in the file, specify them with WeightLoadOptions.Names: {{ [\"{_places[0].Layer}\"] = {MessageText.Quote(first)} }}";
    }

    /// <summary>Assigns modules by their shapes. Returns null and the problem if the shapes are ambiguous.</summary>
    private List<(TensorPlace, SafetensorInfo?)>? ByShape(out string? problem)
    {
        ILookup<string, SafetensorInfo> modules = _tensors.Where(tensor => !IsIgnored(tensor)).ToLookup(tensor => Module(tensor.Name));
        var free = modules.ToDictionary(module => module.Key, module => module.ToDictionary(tensor => Leaf(tensor.Name)));
        var found = new List<(TensorPlace, SafetensorInfo?)>();
        foreach (IGrouping<string, TensorPlace> layer in _places.GroupBy(place => place.Layer))
        {
            string[] fitting = [.. free.Where(module => Fits(layer, module.Value)).Select(module => module.Key)];
            if (fitting.Length != 1)
            {
                string shapes = string.Join(", ", layer.Select(place => $"{place.Leaf} [{string.Join(", ", place.Dimensions)}]"));
                problem = fitting.Length == 0
                    ? $"no module of the file has the shapes of {layer.Key}: {shapes}"
                    : $"{string.Join(" and ", fitting)} have the shapes of {layer.Key}: {shapes}; assign them with WeightLoadOptions.Names";
                return null;
            }

            Dictionary<string, SafetensorInfo> module = free[fitting[0]];
            free.Remove(fitting[0]);
            found.AddRange(layer.Select(place => (place, module.GetValueOrDefault(place.Leaf))));
        }

        problem = free.Count == 0 ? null : $"{MessageText.List(free.Keys)} {(free.Count == 1 ? "fits" : "fit")} no layer";
        return problem is null ? found : null;
    }

    private bool Fits(IEnumerable<TensorPlace> layer, Dictionary<string, SafetensorInfo> module)
    {
        int taken = 0;
        foreach (TensorPlace place in layer)
        {
            if (module.TryGetValue(place.Leaf, out SafetensorInfo? tensor))
            {
                taken++;
                if (Problem(place, tensor) is not null)
                    return false;
            }
            else if (!IsZeroBias(place))
            {
                return false;
            }
        }

        return taken == module.Count;
    }

    private static string? Problem(TensorPlace place, SafetensorInfo tensor) =>
        !tensor.Dimensions.SequenceEqual(place.Dimensions.Select(size => (long)size))
            ? $"must have the shape [{string.Join(", ", place.Dimensions)}], got [{MessageText.List(tensor.Dimensions)}]"
            : tensor.Type.CanBeFloats() ? null : $"has elements of type {tensor.Type.Name()}, which cannot be read as floats";

    private bool IsZeroBias(TensorPlace place) => _options.ZeroMissingBiases && place.Definition.Role == ParameterRole.NoDecay && place.Leaf == BiasName;

    private bool IsIgnored(SafetensorInfo tensor) => _options.Naming == TensorNaming.PyTorch && tensor.Name.EndsWith(IgnoredSuffix, StringComparison.Ordinal);

    private static string Module(string name) => name.LastIndexOf('.') is >= 0 and int dot ? name[..dot] : "";

    private static string Leaf(string name) => name[(name.LastIndexOf('.') + 1)..];
}
