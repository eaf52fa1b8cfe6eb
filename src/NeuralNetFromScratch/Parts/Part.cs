namespace NeuralNetFromScratch;

/// <summary>
/// A piece that networks and trainings are made of: a layer, activation, loss, metric, optimizer, schedule or augmentation. A part is an
/// immutable description whose whole state is its <see cref="Settings"/>: properties read them, files and checkpoints hold them. Two parts are
/// equal that have the same type and settings.
/// </summary>
/// <param name="settings">Kind and settings.</param>
public abstract class Part(Settings settings)
{
    /// <summary>Kind and settings.</summary>
    public Settings Settings { get; protected init; } = settings ?? throw new ArgumentNullException(nameof(settings));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => ReferenceEquals(this, obj) || (obj is Part other && other.GetType() == GetType() && Settings.Equals(other.Settings));

    /// <inheritdoc/>
    public override int GetHashCode() => Settings.GetHashCode();

    /// <summary>Kind and settings in words: <c>dense(units=128, activation=relu)</c>.</summary>
    public override string ToString() => Settings.ToString();
}
