namespace NeuralNetFromScratch;

/// <summary>How the tensors of a file find the parameters of a network, see <see cref="Sequential.LoadWeights(string, WeightLoadOptions)"/>.</summary>
public sealed record WeightLoadOptions
{
    /// <summary>How tensors are called and turned in the file. Default: <see cref="TensorNaming.Native"/>.</summary>
    public TensorNaming Naming { get; init; }

    /// <summary>
    /// What layers or parameters of the network are called in the file: <c>{ ["dense1"] = "fc1" }</c> takes "fc1.weight" and "fc1.bias", and
    /// <c>{ ["dense1.weight"] = "w" }</c> takes "w". Those that it does not name are called as <see cref="Naming"/> says. Default: none.
    /// </summary>
    public IReadOnlyDictionary<string, string> Names { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// Whether a layer takes the tensors of the one module whose shapes fit it, whatever its name. Layers with the same shapes are refused, since
    /// nothing tells them apart. Default: false.
    /// </summary>
    public bool ByShape { get; init; }

    /// <summary>Whether a bias that the file does not have becomes zero, as for PyTorch's <c>Linear(bias=False)</c>. Default: false.</summary>
    public bool ZeroMissingBiases { get; init; }

    /// <exception cref="ArgumentException">An option lies outside its range.</exception>
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

    /// <summary>PyTorch counts the batches that a batch normalization has seen; nothing needs the count.</summary>
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

    /// <summary>The tensor of each parameter in its order; null for a bias that is zero.</summary>
    /// <exception cref="InvalidDataException">Names or shapes differ; the message lists all that do.</exception>
    /// <exception cref="ArgumentException">The options name a layer that there is not.</exception>
    public static IReadOnlyList<(TensorPlace Place, SafetensorInfo? Tensor)> Of(SafetensorsReader file, Chain chain, WeightLoadOptions options)
    {
        var match = new WeightMatch(file, chain, options);
        return options.ByShape ? match.ByShape(out string? problem) ?? throw Unfit(problem!) : match.ByName();
    }

    private static InvalidDataException Unfit(string problem) => new($"the tensors do not fit the network: {problem}");

    private List<(TensorPlace, SafetensorInfo?)> ByName()
    {
        Dictionary<string, SafetensorInfo> surplus = _tensors.ToDictionary(tensor => tensor.Name);
        var found = new List<(TensorPlace, SafetensorInfo?)>();
        var problems = new List<string>();
        foreach (string named in _options.Names.Keys.Where(name => !_places.Any(place => place.Layer == name || place.Definition.Name == name)))
            throw new ArgumentException($"the network has no layer or parameter \"{named}\"; there are {string.Join(", ", _places.Select(place => place.Definition.Name))}", "options");
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

    /// <summary>What the caller can do where other names stand in the file.</summary>
    private string Hint()
    {
        if (_options.Names.Count > 0)
            return "";
        foreach (TensorNaming naming in (TensorNaming[])[_options.Naming, TensorNaming.PyTorch])
        {
            var other = new WeightMatch(_file, _chain, _options with { Naming = naming });
            if (other.ByShape(out _) is not null)
                return $"; the shapes fit: LoadWeights with new WeightLoadOptions {{ Naming = TensorNaming.{naming}, ByShape = true }} takes the tensors by their shapes";
        }

        string first = _tensors.Count == 0 ? "fc1" : Module(_tensors[0].Name);
        return $"; where layers have other names in the file, say them with WeightLoadOptions.Names: {{ [\"{_places[0].Layer}\"] = {MessageText.Quote(first)} }}";
    }

    /// <summary>Modules by their shapes; null, and what is in the way, where they do not tell which is which.</summary>
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
                    : $"{string.Join(" and ", fitting)} have the shapes of {layer.Key}: {shapes}; say which is which with WeightLoadOptions.Names";
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
            ? $"is expected as [{string.Join(", ", place.Dimensions)}], got [{MessageText.List(tensor.Dimensions)}]"
            : tensor.Type.CanBeFloats() ? null : $"has elements of type {tensor.Type.Name()}, which cannot be read as floats";

    private bool IsZeroBias(TensorPlace place) => _options.ZeroMissingBiases && place.Definition.Role == ParameterRole.NoDecay && place.Leaf == BiasName;

    private bool IsIgnored(SafetensorInfo tensor) => _options.Naming == TensorNaming.PyTorch && tensor.Name.EndsWith(IgnoredSuffix, StringComparison.Ordinal);

    private static string Module(string name) => name.LastIndexOf('.') is >= 0 and int dot ? name[..dot] : "";

    private static string Leaf(string name) => name[(name.LastIndexOf('.') + 1)..];
}
